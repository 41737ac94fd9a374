using KvOrleans.Client.Heat;
using KvOrleans.Contracts.Blocks;

namespace KvOrleans.Client.Tests.Heat;

// Meters are the process's: who reads one waits for the others.
[Collection("Hot blocks")]
public sealed class HolderChoiceTests
{
    [Fact]
    public void Choose_NothingIsHot_IsTheOwnerAndCostsNothing()
    {
        using var links = new ChoiceLinks(8);
        links.Choose(1000);
        links.Choice.Choose(links.View, ChoiceLinks.Key, "read");

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            Assert.Same(links[3], links.Choice.Choose(links.View, links[3], ChoiceLinks.Key, "read"));
            Assert.Null(links.Choice.Choose(links.View, ChoiceLinks.Key, "read"));
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void Choose_AnotherBlockIsHot_IsTheOwner()
    {
        using var links = new ChoiceLinks(4);
        links.List(0, 1, 2, 3);

        Assert.Same(links[0], links.Choice.Choose(links.View, links[0], BlockKey.From("kv:m/cold"), "read"));
        Assert.Same(links[1], links.Choice.Choose(links.View, links[1], ChoiceLinks.Key, "read"));
    }

    [Fact]
    public void Choose_ManyTimes_IsEven()
    {
        using var links = new ChoiceLinks(8);
        links.List(0, 0, 1, 2, 3, 4, 5, 6, 7);

        var taken = links.Choose(10_000);

        // What was asked for counts at once: no silo is more than a few blocks ahead.
        Assert.All(taken, count => Assert.InRange(count, 1240, 1260));
    }

    [Fact]
    public void Choose_SilosThatDidMore_AreTakenLessUntilTheyAreEven()
    {
        using var links = new ChoiceLinks(8);
        links.List(0, 0, 1, 2, 3, 4, 5, 6, 7);
        links.Sent(2, 1000 * ChoiceLinks.Length);
        links.Sent(5, 500 * ChoiceLinks.Length);

        var taken = links.Choose(8500);

        Assert.InRange(taken[2], 200, 300);
        Assert.InRange(taken[5], 700, 800);
        Assert.All(taken.Where((_, i) => i is not (2 or 5)), count => Assert.InRange(count, 1200, 1300));
    }

    [Fact]
    public void Choose_AnOverloadedSilo_IsNeverTaken()
    {
        using var links = new ChoiceLinks(3);
        links.List(0, 0, 1, 2);
        links.Sent(1, long.MaxValue / 2);

        Assert.Equal(0, links.Choose(1000)[1]);
    }

    [Fact]
    public void Choose_Weights_CountForLoad()
    {
        using var links = new ChoiceLinks(8, weight: i => i < 4 ? 1 : 3);
        links.List(0, 0, 1, 2, 3, 4, 5, 6, 7);

        var taken = links.Choose(16_000);

        Assert.All(taken[..4], count => Assert.InRange(count, 950, 1050));
        Assert.All(taken[4..], count => Assert.InRange(count, 2900, 3100));
    }

    [Theory]
    [InlineData(100, 109, 1)]
    [InlineData(100, 115, 0)]
    [InlineData(0, 0, 1)]
    [InlineData(120, 100, 1)]
    public void Choose_LoadsAreAlike_IsTheOwnZone(long first, long second, int expected)
    {
        using var links = new ChoiceLinks(2, "here", zoneOf: i => i == 1 ? "here" : "there");
        for (var i = 0; i < 20; i++)
        {
            links.List(0, 0, 1);
            links.Sent(0, first * ChoiceLinks.Length * 1000);
            links.Sent(1, second * ChoiceLinks.Length * 1000);

            Assert.Equal(1, links.Choose(1)[expected]);
        }
    }

    [Fact]
    public void Choose_NoZone_IsTheOneWithLess()
    {
        using var links = new ChoiceLinks(2, "", zoneOf: i => i == 1 ? "" : "there");
        links.List(0, 0, 1);
        links.Sent(1, 1);

        Assert.Equal([1, 0], links.Choose(1));
    }

    [Fact]
    public void Choose_ASlowSilo_CountsDouble()
    {
        using var links = new ChoiceLinks(3);
        links.List(0, 0, 1, 2);
        for (var i = 0; i < 100; i++)
        {
            links[0].Reads.Heard(TimeSpan.FromMilliseconds(30));
            links[1].Reads.Heard(TimeSpan.FromMilliseconds(10));
            links[2].Reads.Heard(TimeSpan.FromMilliseconds(10));
        }

        var taken = links.Choose(5000);

        Assert.InRange(taken[0], 900, 1100);
        Assert.All(taken[1..], count => Assert.InRange(count, 1900, 2100));
    }

    [Theory]
    [InlineData(4, 1)]
    [InlineData(19, 10)]
    public void Choose_NotMuchSlower_CountsAsItIs(int slow, int others)
    {
        using var links = new ChoiceLinks(2);
        links.List(0, 0, 1);
        for (var i = 0; i < 100; i++)
        {
            links[0].Reads.Heard(TimeSpan.FromMilliseconds(slow));
            links[1].Reads.Heard(TimeSpan.FromMilliseconds(others));
        }

        Assert.All(links.Choose(1000), count => Assert.InRange(count, 499, 501));
    }

    [Fact]
    public void Choose_HoldersThatDoNotAnswer_AreLeftOut()
    {
        using var links = new ChoiceLinks(3);
        links.List(0, 0, 1, 2);
        links[0].Backoff.Failed();
        Assert.Equal(0, links.Choose(100)[0]);

        links[1].Backoff.Failed();
        Assert.Equal([0, 0, 100], links.Choose(100));

        links[2].Backoff.Failed();
        Assert.Equal([100, 0, 0], links.Choose(100));
    }

    [Fact]
    public void Choose_OneHolder_IsIt()
    {
        using var links = new ChoiceLinks(3);
        links.List(0, 2);

        Assert.Equal([0, 0, 10], links.Choose(10));
        Assert.Equal(10 * ChoiceLinks.Length, links[2].Heat.Load);
    }

    [Fact]
    public void Choose_TheListIsOld_IsTheOwner()
    {
        using var links = new ChoiceLinks(2);
        links.List(0, 1);
        links.Clock.Advance(HolderChoice.Freshness - TimeSpan.FromTicks(1));
        Assert.Equal([0, 10], links.Choose(10));

        links.Clock.Advance(TimeSpan.FromTicks(1));
        Assert.Equal([10, 0], links.Choose(10));

        links.Sent(0, 0);
        Assert.Equal([0, 10], links.Choose(10));
    }

    [Fact]
    public void Choose_TheOwnerHasLeft_FollowsItsListForAWhile()
    {
        using var links = new ChoiceLinks(4);
        links.List(0, 0, 2);
        links[0].Heat.Left();

        Assert.Equal([0, 0, 10, 0], links.Choose(10, owner: 1));

        // The new owner knows better.
        links.List(1, 3);
        Assert.Equal([0, 0, 0, 10], links.Choose(10, owner: 1));
        links[1].Heat.Drop();

        links.Clock.Advance(FormerHolders.Span - TimeSpan.FromTicks(1));
        Assert.Equal([0, 0, 10, 0], links.Choose(10, owner: 1));
        links.Clock.Advance(TimeSpan.FromTicks(1));
        Assert.Equal([0, 10, 0, 0], links.Choose(10, owner: 1));
        Assert.False(links.Heating.Former.IsAnyKnown);
    }

    [Fact]
    public void Choose_TheOwnerHasLeftWithAnOldList_IsTheNewOwner()
    {
        using var links = new ChoiceLinks(3);
        links.List(0, 0, 2);
        links.Clock.Advance(FormerHolders.Span);

        links[0].Heat.Left();

        Assert.Equal([0, 10, 0], links.Choose(10, owner: 1));
    }
}
