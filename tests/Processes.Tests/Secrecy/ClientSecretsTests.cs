using System.Net;
using System.Text;
using KvOrleans.Client;
using KvOrleans.Client.Hashing;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Errors;
using KvOrleans.Probes;
using KvOrleans.Processes.Tests.Running;

namespace KvOrleans.Processes.Tests.Secrecy;

/// <summary>Whatever a client does, and whatever it fails at: keys, contents, prompts and passwords are not in its log, its metrics and its traces, nor in the silos'.</summary>
public sealed class ClientSecretsTests
{
    private static readonly byte[] Payload = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(Secrets.Value, 400)));

    [Fact]
    public async Task EveryCall_DoneAndFailed_TellsNoSecret()
    {
        using var measured = new EverythingMeasured();
        using var logged = new EverythingLogged();
        await using var receiver = new OtlpReceiver();
        await using var pair = await SecretPair.StartAsync(receiver);
        BlockKey[] chain = Chain();
        BlockKey[] own = [.. Enumerable.Range(0, 4).Select(nth => BlockKey.From($"kv:m/{Secrets.Key}-{nth}")), BlockKey.From(Secrets.Key)];

        await using (var client = Connect(pair, Secrets.Password, logged))
        {
            await client.WaitUntilReadyAsync(Eventually.Deadline);
            await UseAsync(client, chain);
            await UseAsync(client, own);
            pair.Silos[1].Pause();
            await UseAsync(client, chain);
            await UseAsync(client, own);
            pair.Silos[1].Kill();
            await UseAsync(client, own);
        }

        await using (var stranger = Connect(pair, Secrets.Password + "x", logged))
        {
            // Until it knows the map it has nobody to give its password to.
            await Eventually.HoldsAsync(
                async () =>
                {
                    await UseAsync(stranger, own);
                    return logged.Text.Contains("WRONGPASS", StringComparison.Ordinal);
                },
                "the password is refused");
        }

        await Eventually.HoldsAsync(() => receiver.Traces.Contains("KV.MATCH", StringComparison.Ordinal), "the silos' spans came");

        // The head is the model's; what is behind it follows from the prompt.
        string[] hashes = [.. chain.Select(key => Encoding.ASCII.GetString(key.Span).Split('/')[1])];
        var log = logged.Text;
        Assert.Contains("KvOrleans.Client kvorleans.client.calls", measured.Text, StringComparison.Ordinal);
        Assert.Contains("activity read match", measured.Text, StringComparison.Ordinal);
        Assert.Multiple(
            () => Assert.Empty(Secrets.In(log, hashes)),
            () => Assert.Empty(Secrets.In(measured.Text, hashes)),
            () => Assert.Empty(Secrets.In(pair.Written, hashes)),
            () => Assert.Empty(Secrets.In(receiver.Traces + receiver.Metrics, hashes)));
    }

    private static BlockKey[] Chain()
    {
        var hasher = new PrefixHasher(new() { Model = new(Secrets.Key, "r", "bf16", "layout", 16) });
        return hasher.Chain([.. Enumerable.Repeat(Secrets.Token, 64)], new() { CacheSalt = Secrets.Prompt, LoraName = Secrets.Prompt });
    }

    private static PrefixCacheClient Connect(SecretPair pair, string password, EverythingLogged logged)
    {
        var options = new PrefixCacheClientOptions { Password = password, DefaultDeadline = TimeSpan.FromSeconds(1), NearCacheBytes = 1 << 20 };
        foreach (var silo in pair.Silos)
            options.Gateways.Add(new(IPAddress.Loopback, silo.GatewayPort));
        return PrefixCacheClient.Connect(options, logged);
    }

    /// <summary>Every call, whatever comes of it.</summary>
    private static async Task UseAsync(PrefixCacheClient client, BlockKey[] keys)
    {
        var destinations = keys.Select(_ => new Memory<byte>(new byte[Payload.Length])).ToArray();
        var computed = 0;
        await TryAsync(async () => await client.GetOrComputeAsync(keys, destinations, (from, _) =>
        {
            computed++;
            for (var i = from; i < keys.Length; i++)
                Payload.CopyTo(destinations[i]);
            return ValueTask.CompletedTask;
        }));
        await TryAsync(async () => await client.GetOrComputeAsync(keys, destinations, (_, _) => throw new InvalidOperationException(Secrets.Value)));
        await TryAsync(async () => await client.WriteAsync(keys[0], Payload));
        await TryAsync(async () => await client.WriteAsync(keys[0], Payload.AsMemory(1), new() { Condition = WriteCondition.Absent, Concern = WriteConcern.Replicated, Parent = keys[1] }));
        await TryAsync(async () => await client.WriteAsync(keys[1], new byte[17 << 20]));
        await TryAsync(async () => await client.WriteAsync(keys, keys.Select(_ => (ReadOnlyMemory<byte>)Payload).ToArray()));
        await TryAsync(async () => await client.ReadAsync(keys[0], destinations[0]));
        await TryAsync(async () => await client.ReadAsync(keys[0], new byte[1]));
        await TryAsync(async () =>
        {
            var match = await client.MatchAsync(keys);
            await client.ReadAsync(match, destinations.AsMemory(0, match.Blocks.Count));
            if (match.Blocks.Count > 0)
                await client.ReadAsync(match, 0, 1, destinations[0][..10]);
            await foreach (var _ in client.ReadEachAsync(match, destinations.AsMemory(0, match.Blocks.Count)))
            {
                // As it comes.
            }

            await match.ExtendAsync(TimeSpan.FromSeconds(5));
            await client.ReleaseAsync(match);
        });
        await TryAsync(async () => await client.InspectAsync(keys[0]));
        await TryAsync(async () => await client.ExplainAsync(keys));
        await TryAsync(async () => await client.GetHotBlocksAsync());
        await TryAsync(async () => await client.GetStatusAsync());
        await TryAsync(async () => await client.InvalidateAsync(keys[^1]));
        await TryAsync(async () => await client.ReadAsync(default, destinations[0]));
    }

    /// <summary>What a caller is told may have what the caller said in it; what it must not do is to be logged.</summary>
    private static async Task TryAsync(Func<Task> call)
    {
        try
        {
            await call();
        }
        catch (Exception error) when (error is CacheException or ArgumentException or InvalidOperationException or OperationCanceledException or TimeoutException)
        {
            // Failing is part of it.
        }
    }
}
