using System.Collections.Concurrent;
using System.Diagnostics;
using KvOrleans.Probes;
using KvOrleans.Silo.Tests.Hosting;

namespace KvOrleans.Silo.Tests.Routing;

/// <summary>Small writes that leave together for their owner: each has its own answer, whatever becomes of the others.</summary>
public sealed class SmallWriteTests
{
    private const string TryAgain = "-TRYAGAIN ";
    private const string Unknown = "-UNKNOWN ";
    private const int Count = 100;

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    [InlineData(4096)]
    [InlineData(16 * 1024)]
    public async Task WritesOfManyClients_AreAllMade(int bytes)
    {
        await using var silos = await SilosUnderTest.StartAsync(2);
        RespProbe[] clients = [.. Enumerable.Range(0, 4).Select(_ => silos[0].Connect())];
        string Value(int client, int i) => $"{client} {i}".PadRight(bytes)[..bytes];
        for (var i = 0; i < Count; i++)
        {
            for (var client = 0; client < clients.Length; client++)
                clients[client].Send(RespProbe.Frame("SET", $"small/{client}/{i}", Value(client, i)));
        }

        Assert.All(clients, client => Assert.All(client.ReadReplies(Count), reply => Assert.Equal("+OK\r\n", reply)));
        using var other = silos[1].Connect();
        for (var client = 0; client < clients.Length; client++)
        {
            for (var i = 0; i < Count; i++)
                Assert.Equal($"${bytes}\r\n{Value(client, i)}\r\n", other.Ask("GET", $"small/{client}/{i}"));
            clients[client].Dispose();
        }

        Assert.InRange(silos[1].Store.GetStatistics().Blocks, 1, (clients.Length * Count) - 1);
        await silos[0].NothingIsStagedAsync();
    }

    [Fact]
    public async Task Answers_AreThoseOfTheirWrites()
    {
        await using var silos = await SilosUnderTest.StartAsync(2);
        await silos[1].CloseDataPlaneAsync();
        await using var peer = new ScriptedPeer(silos[1].Port, command => command[^1] switch
        {
            _ when command[0] == "KV.PEER" => "+OK\r\n",
            var number when int.Parse(number) % 3 == 0 => $"*2\r\n+accepted\r\n+1-0000000000000001-1-{number}\r\n",
            var number when int.Parse(number) % 3 == 1 => $"*2\r\n+conflict\r\n+1-0000000000000001-1-{number}\r\n",
            _ => "-OOM no room\r\n",
        });
        using var probe = silos[0].Connect();
        for (var i = 0; i < Count; i++)
            probe.Send(RespProbe.Frame("KV.SET", silos.KeyOf(silos[1], "small/", i), "ABSENT", "0", "-", $"{i}"));

        var replies = probe.ReadReplies(Count);

        for (var i = 0; i < Count; i++)
        {
            var word = i % 3 == 0 ? "accepted" : "conflict";
            if (i % 3 < 2)
                Assert.Equal($"*2\r\n+{word}\r\n+1-0000000000000001-1-{i}\r\n", replies[i]);
            else
                Assert.StartsWith("-OOM ", replies[i], StringComparison.Ordinal);
        }

        await silos[0].NothingIsStagedAsync();
    }

    [Fact]
    public async Task ConnectionThatBreaks_LeavesNoWriteWithAnotherAnswerThanItsOwn()
    {
        await using var silos = await SilosUnderTest.StartAsync(2);
        await silos[1].CloseDataPlaneAsync();
        var (seen, accepted) = (new ConcurrentDictionary<string, bool>(), new ConcurrentDictionary<string, bool>());
        await using var peer = new ScriptedPeer(silos[1].Port, command =>
        {
            if (command[0] == "KV.PEER")
                return "+OK\r\n";
            seen[command[1]] = true;
            if (seen.Count % 10 == 0)
                return ScriptedPeer.Close;
            accepted[command[1]] = true;
            return "*2\r\n+accepted\r\n+1-0000000000000001-1-0\r\n";
        });

        var replies = await WriteAsync(silos);

        Assert.All(replies, one => Assert.True(
            one.Reply == "+OK\r\n" ? accepted.ContainsKey(one.Key)
            : one.Reply.StartsWith(Unknown, StringComparison.Ordinal) || (one.Reply.StartsWith(TryAgain, StringComparison.Ordinal) && !seen.ContainsKey(one.Key)),
            $"{one.Key}: {one.Reply}"));
        Assert.Contains(replies, static one => one.Reply == "+OK\r\n");
        Assert.Contains(replies, static one => one.Reply.StartsWith(Unknown, StringComparison.Ordinal));
    }

    [Fact]
    public async Task SilentOwner_IsUnknownForWhatWasSent_AndTheRestDoesNotWaitWithIt()
    {
        await using var silos = await SilosUnderTest.StartAsync(2);
        await silos[1].CloseDataPlaneAsync();
        var seen = new ConcurrentDictionary<string, bool>();
        await using var peer = new ScriptedPeer(silos[1].Port, command =>
        {
            if (command[0] == "KV.PEER")
                return "+OK\r\n";
            seen[command[1]] = true;
            return ScriptedPeer.Silence;
        });
        var began = Stopwatch.GetTimestamp();

        var replies = await WriteAsync(silos);

        Assert.InRange(Stopwatch.GetElapsedTime(began), TimeSpan.Zero, Soon);
        Assert.All(replies, one => Assert.StartsWith(seen.ContainsKey(one.Key) ? Unknown : TryAgain, one.Reply, StringComparison.Ordinal));
        Assert.InRange(seen.Count, 1, Count - 1);
    }

    /// <summary>Writes keys of the second silo through the first, in one pipeline.</summary>
    private static async Task<(string Key, string Reply)[]> WriteAsync(SilosUnderTest silos)
    {
        string[] keys = [.. Enumerable.Range(0, Count).Select(i => silos.KeyOf(silos[1], "small/", i))];
        using var probe = silos[0].Connect();
        probe.Send([.. keys.SelectMany(static key => RespProbe.Frame("SET", key, "v"))]);
        var replies = probe.ReadReplies(Count);
        await silos[0].NothingIsStagedAsync();
        return [.. keys.Zip(replies)];
    }
}
