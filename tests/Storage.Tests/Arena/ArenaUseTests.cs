namespace KvOrleans.Storage.Tests.Arena;

public sealed class ArenaUseTests(ITestOutputHelper output)
{
    private const int MiB = 1 << 20;
    private const long ArenaBytes = 256L * MiB;

    [Fact]
    public void Publish_SizesEvenlySpreadThenUniform_ArenaStaysFull()
    {
        using var test = new TestStore(ArenaBytes, segment: 64 * MiB);
        var random = new Random(5);
        long pumped = 0;
        var pieces = 0;
        var blocks = 0;
        for (; pumped < 10 * ArenaBytes; blocks++)
        {
            var length = random.Next(64 << 10, (8 * MiB) + 1);
            Publish(test, $"mixed {blocks}", length);
            pumped += length;
            Assert.True(test.Store.TryOpen(TestStore.Key($"mixed {blocks}"), out var block));
            using (block)
                pieces += block.SegmentCount;
        }

        var mixed = (double)test.Statistics.PayloadBytes / ArenaBytes;
        output.WriteLine($"mixed: payload {mixed:f4} of the arena, {(double)pieces / blocks:f2} pieces a block");
        Assert.InRange(mixed, 0.85, 1);

        for (var i = 0; i < 2 * ArenaBytes / MiB; i++)
            Publish(test, $"uniform {i}", MiB);
        var uniform = (double)test.Statistics.PayloadBytes / ArenaBytes;
        output.WriteLine($"then 1 MiB: payload {uniform:f4} of the arena");
        Assert.InRange(uniform, 0.98, 1);
    }

    /// <summary>Leaves the bytes as they are: this is about room.</summary>
    private static void Publish(TestStore test, string key, int length)
    {
        var staged = test.Store.TryStage(length);
        Assert.NotNull(staged);
        while (!staged.IsComplete)
            staged.Advance(staged.Remaining.Length);
        Assert.True(test.Store.TryPublish(TestStore.Key(key), null, staged, test.NextVersion(), null));
    }
}
