using System.Text;
using KvOrleans.Client.Matching;
using KvOrleans.Contracts.Blocks;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace KvOrleans.Client.Tests.Scripted;

/// <summary>A client of scripted silos.</summary>
internal static class TestClient
{
    /// <summary>More than anything takes, for calls that must not end by their deadline.</summary>
    public static readonly TimeSpan Long = TimeSpan.FromSeconds(30);

    /// <summary>A deadline that passes in the test.</summary>
    public static readonly TimeSpan Short = TimeSpan.FromMilliseconds(150);

    /// <summary>A deadline that passes in the test, though much of the call is done before, on a busy machine too.</summary>
    public static readonly TimeSpan Moderate = TimeSpan.FromSeconds(1);

    /// <summary>What a call with a short deadline, or one that must end at once, may take on a busy machine.</summary>
    public static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    /// <summary>What a client opens to a silo ahead of its calls: one for leases, one for reads and writes.</summary>
    public const int ConnectionsAtFirst = 2;

    /// <summary>A client without digests and hot lists, unless <paramref name="configure"/> wants them.</summary>
    public static PrefixCacheClient Of(
        ScriptedControlPlane control, Action<PrefixCacheClientOptions>? configure = null, ILoggerFactory? logging = null, TimeProvider? clock = null)
    {
        var options = new PrefixCacheClientOptions { DefaultDeadline = Long, DefaultLease = Long, DigestBytes = 0, AsksForHotLists = false };
        configure?.Invoke(options);
        return new(options, control, logging ?? NullLoggerFactory.Instance, TimeProvider.System, clock);
    }

    public static async Task<PrefixCacheClient> OfAsync(params ScriptedSilo[] silos)
    {
        var client = Of(new() { Map = ScriptedControlPlane.MapOf(1, [.. silos.Select(silo => silo.Descriptor)]) });
        await client.WaitUntilReadyAsync(Long);
        foreach (var silo in silos)
            await silo.WaitForConnectionsAsync(ConnectionsAtFirst);
        return client;
    }

    public static BlockKey[] Chain(int count) => [.. Enumerable.Range(0, count).Select(i => BlockKey.From($"kv:m/{i:x4}"))];

    /// <summary>A key as scripted silos hear it.</summary>
    public static string TextOf(BlockKey key) => Encoding.Latin1.GetString(key.Span);

    /// <summary>Puts the blocks of <see cref="Chain"/> on a silo.</summary>
    /// <returns>Their payloads.</returns>
    public static byte[][] Fill(ScriptedSilo silo, int count, int length)
    {
        var payloads = new byte[count][];
        for (var i = 0; i < count; i++)
            silo.Put($"kv:m/{i:x4}", payloads[i] = Bytes(length, seed: i));
        return payloads;
    }

    /// <summary>Memory for what was matched.</summary>
    public static Memory<byte>[] Destinations(PrefixMatch match) =>
        [.. match.Blocks.Select(block => new Memory<byte>(new byte[block.Length]))];

    public static byte[] Bytes(int count, int seed = 1)
    {
        var bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
