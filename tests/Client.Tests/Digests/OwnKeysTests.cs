using KvOrleans.Client.Digests;
using KvOrleans.Client.Tests.Scripted;
using KvOrleans.Probes.Clocks;

namespace KvOrleans.Client.Tests.Digests;

public sealed class OwnKeysTests
{
    private static readonly TimeSpan Nearly = OwnKeys.Span - TimeSpan.FromMilliseconds(1);

    private readonly ManualTimeProvider _clock = new();

    [Fact]
    public void MayHave_AKeyThatWasAdded_ForItsSpanAndNotForTwice()
    {
        var keys = new OwnKeys(_clock);
        _clock.Advance(Nearly);
        keys.Add(1);

        _clock.Advance(Nearly);
        Assert.True(keys.MayHave(1, _clock.GetTimestamp()));
        Assert.False(keys.MayHave(2, _clock.GetTimestamp()));
        _clock.Advance(OwnKeys.Span);
        Assert.False(keys.MayHave(1, _clock.GetTimestamp()));
    }

    [Fact]
    public void MayHave_NobodyAskedForLong_ForgetsAll()
    {
        var keys = new OwnKeys(_clock);
        keys.Add(1);

        _clock.Advance(OwnKeys.Span * 2);

        Assert.False(keys.MayHave(1, _clock.GetTimestamp()));
    }

    [Fact]
    public void MayHave_MoreThanThereIsRoomFor_TakesEveryKeyForKnownUntilSomeAreForgotten()
    {
        var keys = new OwnKeys(_clock);
        for (var i = 0; i < OwnKeys.Most; i++)
            keys.Add((UInt128)i);
        Assert.False(keys.MayHave(OwnKeys.Most + 1, _clock.GetTimestamp()));

        keys.Add(OwnKeys.Most + 7);

        Assert.True(keys.MayHave(OwnKeys.Most + 1, _clock.GetTimestamp()));
        _clock.Advance(OwnKeys.Span);
        Assert.True(keys.MayHave(OwnKeys.Most + 1, _clock.GetTimestamp()));
        _clock.Advance(OwnKeys.Span);
        Assert.False(keys.MayHave(OwnKeys.Most + 1, _clock.GetTimestamp()));
    }
}
