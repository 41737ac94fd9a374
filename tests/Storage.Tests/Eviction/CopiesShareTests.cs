using KvOrleans.Storage.Copies;

namespace KvOrleans.Storage.Tests.Eviction;

/// <summary>Eight eighths of a region fill the arena; two of them are the copies' share.</summary>
public sealed class CopiesShareTests
{
    private const int Eighth = TestStore.Region / 8;

    [Fact]
    public void TryStage_CopiesOverTheirShare_TheOldestCopyGoesThenTheOldestLast()
    {
        using var test = Filled(lasts: 4, copies: 4);
        Assert.Equal(["copy 0", "copy 1", "last 0", "last 1"], test.GoneAfter(BlockRole.Last, 4));
    }

    [Fact]
    public void TryStage_OnlyCopiesLeft_TheyGoToo()
    {
        using var test = Filled(lasts: 0, copies: 2);
        test.Fill(6);
        test.LeaseFillers();
        Assert.Equal(["copy 0"], test.GoneAfter(BlockRole.Last, 1));
    }

    [Fact]
    public void TryStage_CopiesOverTheirShareAndNoneEvictable_LastsGo()
    {
        using var test = Filled(lasts: 4, copies: 4);
        test.Test.Match(1, TimeSpan.FromSeconds(1), "copy 0", "copy 1", "copy 2", "copy 3");
        Assert.Equal(["last 0"], test.GoneAfter(BlockRole.Last, 1));
    }

    [Fact]
    public void TryStage_CopyWithinTheShare_PushesOutLasts()
    {
        using var test = Filled(lasts: 8, copies: 0);
        Assert.Equal(["last 0", "last 1"], test.GoneAfter(BlockRole.Copy, 2));
    }

    [Fact]
    public void TryStage_CopyBeyondTheShare_PushesOutCopiesOnly()
    {
        using var test = Filled(lasts: 6, copies: 2);
        Assert.Equal(["copy 0"], test.GoneAfter(BlockRole.Copy, 1));
        Assert.Equal(["copy 0", "copy 1"], test.GoneAfter(BlockRole.Copy, 1));
    }

    [Fact]
    public void TryStage_CopyBeyondTheShareAndNoCopyEvictable_IsRefusedAndNothingGoes()
    {
        using var test = Filled(lasts: 6, copies: 2);
        test.Test.Match(1, TimeSpan.FromSeconds(1), "copy 0", "copy 1");
        Assert.Null(test.Test.Store.TryStage(1, BlockRole.Copy));
        Assert.Equal(0, test.Test.Statistics.Evictions);
        Assert.Equal(["last 0"], test.GoneAfter(BlockRole.Last, 1));
    }

    [Fact]
    public void TryStage_CopyLargerThanTheShare_IsRefusedUnlessCopiesOrFreePagesSuffice()
    {
        using var test = Filled(lasts: 4, copies: 2);
        Assert.Null(test.Test.Store.TryStage((4 * Eighth) + 1, BlockRole.Copy));
        Assert.Equal(0, test.Test.Statistics.Evictions);
        test.Test.TryStage(1, 3 * Eighth, BlockRole.Copy)!.Dispose();
        Assert.Equal(["copy 0"], test.Gone);
    }

    [Fact]
    public void TryStage_CopyThatEvictionOfCopiesBringsWithinTheShare_PushesOutLastsToo()
    {
        // Two eighths of share, one taken by a copy: room for two eighths takes that copy, and one last.
        using var test = Filled(lasts: 7, copies: 1);
        test.Test.TryStage(1, 2 * Eighth, BlockRole.Copy)!.Dispose();
        Assert.Equal(["copy 0", "last 0"], test.Gone.Order());
    }

    [Fact]
    public void TryStage_CopiesThatAreStaged_CountTowardsTheShare()
    {
        using var test = Filled(lasts: 8, copies: 0);
        using var first = test.Test.TryStage(1, Eighth, BlockRole.Copy);
        using (var second = test.Test.TryStage(2, Eighth, BlockRole.Copy))
        {
            Assert.NotNull(second);
            Assert.Null(test.Test.Store.TryStage(1, BlockRole.Copy));
        }

        using var third = test.Test.TryStage(3, Eighth, BlockRole.Copy);
        Assert.NotNull(third);
        Assert.Equal(2, test.Test.Statistics.Evictions);
    }

    [Fact]
    public void TryStage_ShareOfNone_CopiesTakeFreePagesOrReplaceCopies()
    {
        using var test = new Arena(share: 0);
        test.Fill(6);
        test.Test.PutCopy("copy 0", Eighth);
        test.Test.PutCopy("copy 1", Eighth);
        Assert.Equal(["copy 0"], test.GoneAfter(BlockRole.Copy, 1));
        Assert.Equal(["copy 0", "copy 1"], test.GoneAfter(BlockRole.Last, 1));
        using var last = test.Test.TryStage(1, Eighth);
        Assert.Null(test.Test.Store.TryStage(1, BlockRole.Copy));
    }

    [Fact]
    public void Touch_OfACopy_MovesItInItsOwnOrder()
    {
        using var test = Filled(lasts: 4, copies: 4);
        test.Test.Use("copy 0");
        test.Test.Use("last 0");
        Assert.Equal(["copy 1", "copy 2", "last 1"], test.GoneAfter(BlockRole.Last, 3));
    }

    [Fact]
    public void TryStage_CopiesWithinTheShareAndLastsThatWereUsed_CopiesGo_DownToAQuarterOfTheShare()
    {
        using var test = new Arena(share: 0.5);
        for (var i = 0; i < 5; i++)
            test.Test.Put($"last {i}", Eighth);
        for (var i = 0; i < 3; i++)
            test.Test.PutCopy($"copy {i}", Eighth);
        test.Test.Use("last 1");
        test.Test.Use("last 2");
        test.Test.Use("last 3");
        test.Test.Use("last 4");

        Assert.Equal(["last 0", "copy 0", "copy 1", "last 1", "last 2"], test.GoneAfter(BlockRole.Last, 5));
    }

    [Fact]
    public void SetRole_CountsAsAUseInTheNewOrder()
    {
        using var test = Filled(lasts: 3, copies: 5);
        Assert.True(test.Test.Store.TryGetInfo("copy 4"u8, out var info));
        Assert.True(test.Test.Store.SetRole("copy 4"u8, info.Version, BlockRole.Last));
        Assert.True(test.Test.Store.TryGetInfo("last 0"u8, out info));
        Assert.True(test.Test.Store.SetRole("last 0"u8, info.Version, BlockRole.Copy));
        Assert.Equal(["copy 0", "copy 1", "copy 2", "last 1", "last 2", "copy 4"], test.GoneAfter(BlockRole.Last, 6));
    }

    private static Arena Filled(int lasts, int copies)
    {
        var arena = new Arena(share: 0.25);
        for (var i = 0; i < lasts; i++)
            arena.Test.Put($"last {i}", Eighth);
        for (var i = 0; i < copies; i++)
            arena.Test.PutCopy($"copy {i}", Eighth);
        arena.Remember();
        return arena;
    }

    private sealed class Arena(double share) : IDisposable
    {
        private static readonly string[] Names = [.. Enumerable.Range(0, 8).SelectMany(i => new[] { $"last {i}", $"copy {i}" })];

        private readonly HashSet<string> _seen = [];
        private readonly List<string> _gone = [];

        public TestStore Test { get; } = new(configure: options =>
            options with { CopiesShare = share, MaxLeasedShare = 1, MaxLeasedSharePerOwner = 1 });

        /// <summary>In the order in which they were found gone.</summary>
        public List<string> Gone
        {
            get
            {
                _gone.AddRange(_seen.Except(_gone).Where(name => !Test.Has(name)).Order());
                return _gone;
            }
        }

        public void Remember() => _seen.UnionWith(Names.Where(Test.Has));

        public void Fill(int eighths)
        {
            for (var i = 0; i < eighths; i++)
                Test.Put($"filler {i}", Eighth);
        }

        public void LeaseFillers() => Test.Match(1, TimeSpan.FromSeconds(1), [.. Enumerable.Range(0, 8).Select(i => $"filler {i}")]);

        /// <summary>Which blocks are gone after room for this many eighths was taken, one after the other, for good.</summary>
        public List<string> GoneAfter(BlockRole role, int eighths)
        {
            Remember();
            for (var i = 0; i < eighths; i++)
            {
                var version = Test.NextVersion();
                Assert.True(Test.TryPutCopy($"added {version.Sequence}", Eighth, version, role));
                _ = Gone;
            }

            return Gone;
        }

        public void Dispose() => Test.Dispose();
    }
}
