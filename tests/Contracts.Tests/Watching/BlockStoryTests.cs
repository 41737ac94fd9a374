using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Digests;
using KvOrleans.Contracts.Watching;

namespace KvOrleans.Contracts.Tests.Watching;

public sealed class BlockStoryTests
{
    private static readonly BlockKey Key = BlockKey.From("kv:m/1");

    [Fact]
    public void Of_ABlockThatIsThere_NamesTheOwnerFirst()
    {
        var story = Story(
            Says("a", "state=present role=copy version=1-1-1-0 length=5 uses=7 leases=0 ttl-ms=-1 served=yes owner=b"),
            Says("b", "state=present role=last-copy version=1-1-1-0 length=5 uses=255 leases=2 ttl-ms=1500 served=no owner=b"),
            Says("c", "state=present role=last-copy version=1-1-1-0 length=5 uses=0 leases=0 ttl-ms=-1 served=yes owner=b"),
            Says("e", "state=present role=extra version=1-1-1-0 length=5 uses=0 bytes-per-second=9 leases=0 ttl-ms=-1 served=yes owner=b"),
            Says("d", "state=absent why=evicted ago-s=5 was=copy owner=b"));

        Assert.Equal("b", story.Owner);
        Assert.Null(story.Why);
        Assert.Equal(
            [
                new("b", "owner", "1-1-1-0", 5, 255, 2, 1500, Served: false),
                new("a", "copy", "1-1-1-0", 5, 7, 0, null, Served: true),
                new("c", "last copy", "1-1-1-0", 5, 0, 0, null, Served: true),
                new("e", "extra copy", "1-1-1-0", 5, 0, 0, null, Served: true, BytesPerSecond: 9),
            ],
            story.Places);
        Assert.Equal([new("d", "evicted", 5, "copy")], story.Losses);
    }

    [Theory]
    [InlineData("why=evicted ago-s=300 was=last-copy", "evicted 5 min ago from a")]
    [InlineData("why=evicted ago-s=7200 was=copy", "evicted 2 h ago from a, which had a copy")]
    [InlineData("why=expired ago-s=119 was=last-copy", "expired 119 s ago on a")]
    [InlineData("why=invalidated ago-s=172800", "invalidated 2 d ago")]
    [InlineData("why=moved ago-s=5 was=copy", "moved to its new owner and gone there; evicted 5 s ago from a, which owned it before")]
    [InlineData("why=never-seen other-fingerprint=f1", "there under another fingerprint: f1 on a")]
    [InlineData("why=evicted ago-s=5 was=last-copy other-fingerprint=f1", "evicted 5 s ago from a; there under another fingerprint: f1 on a")]
    [InlineData("why=never-seen other-fingerprint=?", "never written, as far as silos remember: for 2 h; not looked for everywhere under other fingerprints")]
    [InlineData("why=never-seen former-owner=c former-owner-ago-s=7", "never written, or lost with c: it owned the key until 7 s ago, and that life of it is gone")]
    [InlineData("why=removed ago-s=0 was=last-copy", "deleted 0 s ago")]
    [InlineData("why=register-lost ago-s=1 was=last-copy", "register lost 1 s ago: its key left a, or that life of it was over")]
    [InlineData("why=cooled ago-s=1 was=extra", "let go 1 s ago by a, which had an extra copy while the block was hot")]
    [InlineData("why=distrusted ago-s=1 was=last-copy", "dropped 1 s ago: a had been away and could not know what was deleted meanwhile")]
    [InlineData("why=of-a-later-version ago-s=1", "of-a-later-version 1 s ago on a")]
    public void Of_ABlockThatLeft_SaysHow(string says, string why) =>
        Assert.Equal(why, Story(Says("a", $"state=absent owner=b remembers-s=9 {says}"), Says("b", "state=absent why=never-seen owner=b remembers-s=9999")).Why);

    [Fact]
    public void Of_ABlockThatLeftSeveral_TheLatestLossCounts()
    {
        var story = Story(
            Says("a", "state=absent why=evicted ago-s=50 was=last-copy"),
            Says("b", "state=absent why=evicted ago-s=20 was=copy"),
            Says("c", "state=absent why=invalidated ago-s=20 was=last-copy"));

        Assert.Equal("invalidated 20 s ago", story.Why);
        Assert.Equal(["c", "b", "a"], story.Losses.Select(loss => loss.Silo));
    }

    [Fact]
    public void Of_ABlockThatNobodyKnows_SaysHowFarTheOwnerRemembers()
    {
        Assert.Equal("never written, as far as silos remember: for 100 min", Story(Never("a", 6_000), Never("b", 6_059)).Why);
        Assert.Equal("never written, or lost with what a held: its memory begins 30 s ago, later than others'", Story(Never("a", 30), Never("b", 6_000)).Why);
    }

    [Fact]
    public void Of_ABlockThatASilentSiloMayHave_IsNotKnown()
    {
        var silent = new SiloTestimony("c", null);

        Assert.Equal("not known: c does not answer", Story(Never("a", 6_000), silent).Why);
        Assert.Equal("not known: c, c do not answer", Story(silent, silent).Why);
        Assert.Equal("expired 1 s ago on a", Story(Says("a", "state=absent why=expired ago-s=1"), silent).Why);
    }

    [Theory]
    [InlineData("kv:m/0", "#3")]
    [InlineData("kv:m/2", "a block with hash {0}")]
    public void Describe_AnOrphan_NamesItsParentAsWellAsItCan(string before, string name)
    {
        var parent = KeyDigest.Hash("kv:m/0"u8).ToString("x32");
        var place = Assert.Single(Story(Says("a", $"state=present role=copy served=no owner=b parent={parent} orphan=yes")).Places);

        Assert.Equal($"a (copy, held back, orphan of {string.Format(name, parent)})", place.Describe(BlockKey.From(before), 3));
        Assert.Equal(string.Format(name, parent), place.NameParent(BlockKey.From(before), 3));
    }

    [Fact]
    public void Describe_WhoNamesNoParent_TellsOfNone()
    {
        var place = Assert.Single(Story(Says("a", "state=present role=last-copy owner=a")).Places);

        Assert.Equal("a (owner)", place.Describe(BlockKey.From("kv:m/0"), 1));
        Assert.Null(place.NameParent(BlockKey.From("kv:m/0"), 1));
    }

    private static BlockStory Story(params SiloTestimony[] silos) => BlockStory.Of(Key, silos);

    private static SiloTestimony Never(string silo, int seconds) => Says(silo, $"state=absent why=never-seen owner=a remembers-s={seconds}");

    private static SiloTestimony Says(string silo, string fields) =>
        new(silo, fields.Split(' ').Select(field => field.Split('=')).ToDictionary(field => field[0], field => field[1]));
}
