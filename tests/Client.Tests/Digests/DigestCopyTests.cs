using System.Net;
using KvOrleans.Client.Digests;
using KvOrleans.Client.Tests.Scripted;
using KvOrleans.Contracts.Cluster;

namespace KvOrleans.Client.Tests.Digests;

public sealed class DigestCopyTests
{
    private static readonly MapPosition Map = new(1, 2, 3);

    private readonly DigestBudget _budget = new(1 << 20);

    [Fact]
    public void Take_SeveralReplies_CountWhenAllAreThereAsOfTheFirst()
    {
        var copy = new DigestCopy(_budget);

        Assert.False(copy.Take(Page(7, next: 4), askedAt: 100));
        Assert.Null(copy.Current);
        Assert.Equal((9UL, 0L, 4), (copy.Generation, copy.Since, copy.First));
        Assert.True(copy.Take(Page(8), askedAt: 200));

        Assert.Equal(100, copy.Current!.AskedAt);
        Assert.Equal(Map, copy.Current.Map);
        Assert.Equal((9UL, 7L, 0), (copy.Generation, copy.Since, copy.First));
    }

    [Fact]
    public void Take_RepliesOfTwoMaps_SayNothingOfWhatIsAbsent()
    {
        var copy = new DigestCopy(_budget);
        copy.Take(Page(7, next: 4), 1);

        copy.Take(Page(7) with { Map = new(1, 3, 4) }, 2);

        Assert.Null(copy.Current!.Map);
    }

    [Fact]
    public void Take_AHandoffThatIsDoneBehindTheFirstReply_IsPendingAllTheSame()
    {
        var copy = new DigestCopy(_budget);
        var (former, later) = (new IPEndPoint(IPAddress.Loopback, 1), new IPEndPoint(IPAddress.Loopback, 2));
        copy.Take(Page(7, next: 4) with { Pending = [former] }, 1);

        copy.Take(Page(7) with { Pending = [later] }, 2);

        Assert.Equal([former, later], copy.Current!.Pending);
    }

    [Fact]
    public void Take_AnotherGeneration_BeginsAnewAndTheLastIsGoodUntilItIsWhole()
    {
        var copy = new DigestCopy(_budget);
        copy.Take(Page(7), 1);

        Assert.False(copy.Take(Page(9, next: 2) with { Generation = 10 }, 2));
        Assert.Equal((10UL, 0L, 2), (copy.Generation, copy.Since, copy.First));
        Assert.Equal(9UL, copy.Current!.Bits.Generation);

        Assert.True(copy.Take(Page(9) with { Generation = 10 }, 3));
        Assert.Equal((10UL, 2L), (copy.Current!.Bits.Generation, copy.Current.AskedAt));
    }

    [Fact]
    public void Take_ARoundWasCutShort_IsAskedForFromItsBeginning()
    {
        var copy = new DigestCopy(_budget);
        copy.Take(Page(7), 1);
        copy.Take(Page(8, next: 4), 2);

        copy.Interrupt();

        Assert.Equal((7L, 0), (copy.Since, copy.First));
        copy.Take(Page(9), 3);
        Assert.Equal((3L, 9L), (copy.Current!.AskedAt, copy.Since));
    }

    [Theory]
    [InlineData("number back")]
    [InlineData("number back in a round")]
    [InlineData("other blocks")]
    [InlineData("index out of range")]
    [InlineData("index twice")]
    [InlineData("index before the first")]
    [InlineData("index behind the next")]
    [InlineData("no way on")]
    public void Take_AReplyThatContradicts_IsRefused(string what)
    {
        var copy = new DigestCopy(_budget);
        copy.Take(Page(7, next: 4), 1);
        if (what is "number back" or "other blocks")
            copy.Take(Page(7), 1);

        Assert.Throws<DigestException>(() => copy.Take(
            what switch
            {
                "number back" => Page(6),
                "number back in a round" => Page(6, next: 6),
                "other blocks" => Page(8) with { Blocks = 9 },
                "index out of range" => Page(8) with { Changes = ScriptedDigest.Empty(8) },
                "index twice" => Page(8) with { Changes = ScriptedDigest.Empty(5, 5) },
                "index before the first" => Page(8) with { Changes = ScriptedDigest.Empty(3) },
                "index behind the next" => Page(8, next: 6) with { Changes = ScriptedDigest.Empty(6) },
                _ => Page(8, next: 4),
            },
            2));
    }

    [Fact]
    public void Take_NoRoomBesideTheLast_GivesThatUpAndNoRoomAtAll_IsRefused()
    {
        var budget = new DigestBudget(10 * 64);
        var copy = new DigestCopy(budget);
        copy.Take(Page(7), 1);

        Assert.False(copy.Take(Page(7, next: 1) with { Generation = 10 }, 2));
        Assert.Null(copy.Current);
        Assert.False(budget.TryTake(3 * 64));
        Assert.Throws<DigestException>(() => copy.Take(Page(7) with { Generation = 11, Blocks = 11 }, 3));

        Assert.Null(copy.Current);
        Assert.True(budget.TryTake(10 * 64));
    }

    private static DigestPage Page(long number, int next = 0) => new(9, number, 8, next, Map, [], default);
}
