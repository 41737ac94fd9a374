using System.Diagnostics;
using KvOrleans.Client.Tests.Scripted;

namespace KvOrleans.Client.Tests.Matching;

/// <summary>What is not needed any more when a match is settled: it is neither waited for nor asked.</summary>
public sealed class AbandonedQuestionTests
{
    // As long a connection is waited for that is being opened.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(100);

    [Fact]
    public async Task MatchAsync_SettledWhileAConnectionIsOpened_DoesNotWaitForIt()
    {
        var fastest = TimeSpan.MaxValue;
        for (var round = 0; round < 3; round++)
        {
            await using var cluster = await ScriptedCluster.StartAsync(2);
            var mute = await MuteAsync(cluster["b"]);
            var keys = ScriptedCluster.KeysOf(cluster.Map, "ab", 1).Concat(ScriptedCluster.KeysOf(cluster.Map, "ba", 1)).ToArray();
            cluster["a"].Script = async (_, command) =>
            {
                if (command[0] == "KV.MATCH")
                    await mute.Asked.Task;
                return false;
            };
            var watch = new Stopwatch();
            var match = cluster.Client.MatchAsync(keys).AsTask();
            await mute.Asked.Task;
            watch.Start();
            Assert.True((await match).IsComplete);
            fastest = watch.Elapsed < fastest ? watch.Elapsed : fastest;
            mute.Opened.SetResult();
            cluster["b"].Put(TestClient.TextOf(keys[1]), [1]);

            Assert.Single((await cluster.Client.MatchAsync(keys.AsMemory(1))).Blocks);
            Assert.Single(cluster["b"].Heard, heard => heard.Command[0] == "KV.MATCH");
        }

        Assert.InRange(fastest, TimeSpan.Zero, Patience * 0.9);
    }

    [Fact]
    public async Task MatchAsync_LongChainIsSettledByItsHead_TheRestIsNotAsked()
    {
        await using var cluster = await ScriptedCluster.StartAsync(1);
        var padding = new string('p', 480);
        var keys = Enumerable.Range(0, 4000).Select(i => Contracts.Blocks.BlockKey.From($"kv:m/{i:x4}{padding}")).ToArray();

        var held = new TaskCompletionSource();
        var heard = 0;
        cluster["a"].Script = async (_, command) =>
        {
            if (command[0] == "KV.MATCH" && heard++ > 0)
                await held.Task;
            return false;
        };

        await using var match = await cluster.Client.MatchAsync(keys);
        held.SetResult();
        // On the same connection, behind all that was sent.
        await cluster.Client.MatchAsync(TestClient.Chain(1));

        Assert.Empty(match.Blocks);
        Assert.True(match.IsComplete);
        Assert.InRange(heard, 2, 8);
    }

    /// <summary>Ends a silo's connections; new ones are not greeted until <c>Opened</c>.</summary>
    private static async Task<(TaskCompletionSource Asked, TaskCompletionSource Opened)> MuteAsync(ScriptedSilo silo)
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var opened = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        silo.Script = async (_, command) =>
        {
            if (command[0] != "PING")
                return false;
            asked.TrySetResult();
            await opened.Task;
            return false;
        };
        silo.EndConnections();
        await Probes.Eventually.HoldsAsync(() => silo.EndedCount >= TestClient.ConnectionsAtFirst, "the client's connections have ended");
        return (asked, opened);
    }
}
