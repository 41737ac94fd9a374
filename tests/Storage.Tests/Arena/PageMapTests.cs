using KvOrleans.Storage.Arena;

namespace KvOrleans.Storage.Tests.Arena;

public sealed class PageMapTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void TakeAndReturn_AtRandom_EveryFreePageServesAndNoneTwice(int seed)
    {
        const int Regions = 6;
        var random = new Random(seed);
        var pages = new PageMap(Regions);
        var taken = new bool[Regions * PageArena.PagesPerRegion];
        var slots = new List<List<Extent>>();
        for (var step = 0; step < 20_000; step++)
        {
            if (random.Next(2) == 0 && pages.FreePages > 0)
            {
                // Now and then all that is free, wherever it lies.
                var count = random.Next(50) == 0 ? (int)pages.FreePages : random.Next(1, (int)Math.Min(pages.FreePages, 1300) + 1);
                var extents = new List<Extent>();
                pages.Take(count, extents);
                Assert.Equal(count, extents.Sum(extent => extent.Count));
                foreach (var page in extents.SelectMany(extent => Enumerable.Range(extent.Page, extent.Count)))
                {
                    Assert.False(taken[page]);
                    taken[page] = true;
                }

                slots.Add(extents);
            }
            else if (slots.Count > 0)
            {
                var index = random.Next(slots.Count);
                foreach (var extent in slots[index])
                {
                    pages.Return(extent);
                    taken.AsSpan(extent.Page, extent.Count).Clear();
                }

                slots.RemoveAt(index);
            }

            Assert.Equal(taken.Count(page => !page), pages.FreePages);
        }
    }

    [Fact]
    public void Take_SeveralRegionsSuffice_ChoosesTheFullest()
    {
        var pages = new PageMap(3);
        var first = Take(pages, 512).Single();
        var second = Take(pages, 512).Single();
        var third = Take(pages, 512).Single();
        pages.Return(new(first.Page, 100));
        pages.Return(new(second.Page, 40));
        pages.Return(new(third.Page, 20));

        Assert.Equal(new Extent(second.Page, 30), Take(pages, 30).Single());
    }

    [Fact]
    public void Take_NoRunSufficesInTheRegion_SplitsWithinIt()
    {
        var pages = new PageMap(1);
        Take(pages, 512);
        pages.Return(new(10, 4));
        pages.Return(new(20, 4));
        pages.Return(new(30, 5));

        Assert.Equal([new(30, 5)], Take(pages, 5));
        Assert.Equal([new(10, 4), new(20, 2)], Take(pages, 6));
    }

    private static List<Extent> Take(PageMap pages, int count)
    {
        var extents = new List<Extent>();
        pages.Take(count, extents);
        return extents;
    }
}
