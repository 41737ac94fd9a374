using KvOrleans.Contracts.Blocks;
using KvOrleans.Storage.Tombstones;

namespace KvOrleans.Storage.Tests.Tombstones;

public sealed class TombstoneCoverageTests
{
    private const ulong Life = 7;
    private const ulong Other = 8;

    [Theory]
    [InlineData(4, Life, 9, true)]
    [InlineData(4, Other, 99, true)]
    [InlineData(5, Life, 9, true)]
    [InlineData(5, Life, 10, true)]
    [InlineData(5, Life, 11, false)]
    [InlineData(5, Other, 1, true)]
    [InlineData(5, Other, 99, true)]
    [InlineData(6, Life, 1, false)]
    [InlineData(6, Other, 1, false)]
    public void Covers_ByEpochLifeAndSequence(long epoch, ulong life, long sequence, bool isCovered) =>
        Assert.Equal(isCovered, TombstoneCoverage.Covers(new(5, new(Life), 10), new(epoch, new(life), sequence)));

    [Fact]
    public void Union_CoversWhatEitherCovers()
    {
        var versions = (
            from epoch in Enumerable.Range(1, 3)
            from life in new ulong[] { 1, 2, 3 }
            from sequence in Enumerable.Range(1, 4)
            select new BlockVersion(epoch, new(life), sequence)).ToList();
        foreach (var one in versions)
        {
            foreach (var other in versions)
            {
                var union = TombstoneCoverage.Union(one, other);
                Assert.All(versions, version =>
                    Assert.Equal(TombstoneCoverage.Covers(one, version) || TombstoneCoverage.Covers(other, version), TombstoneCoverage.Covers(union, version)));
            }
        }
    }
}
