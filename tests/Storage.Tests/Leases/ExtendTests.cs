using KvOrleans.Storage.Leases;

namespace KvOrleans.Storage.Tests.Leases;

public sealed class ExtendTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly TestStore _test = new(configure: options => options with { MaxLease = 4 * Second });

    [Fact]
    public void Extend_BeforeTheEnd_LastsFromNowOn()
    {
        using var test = _test;
        var grant = Leased("a");
        test.Time.Advance(Second / 2);

        Assert.Equal(2 * Second, test.Store.Extend(1, grant.LeaseId, 2 * Second));

        test.Time.Advance((2 * Second) - TimeSpan.FromTicks(1));
        Assert.Equal(1, test.Statistics.Leases);
        test.Time.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(0, test.Statistics.Leases);
    }

    [Fact]
    public void Extend_ByLessThanIsLeft_ChangesNothing()
    {
        using var test = _test;
        var grant = Leased("a");

        Assert.Equal(Second, test.Store.Extend(1, grant.LeaseId, TimeSpan.Zero));
        Assert.Equal(Second, test.Store.Extend(1, grant.LeaseId, TimeSpan.MinValue));
        Assert.Equal(Second, test.Store.Extend(1, grant.LeaseId, Second / 2));
    }

    [Fact]
    public void Extend_ByMoreThanTheLongest_IsShortened()
    {
        using var test = _test;
        var grant = Leased("a");

        Assert.Equal(4 * Second, test.Store.Extend(1, grant.LeaseId, TimeSpan.MaxValue));
    }

    [Fact]
    public void Extend_AgainAndAgain_EndsTenTimesTheLongestAfterTheGrant()
    {
        using var test = _test;
        var grant = Leased("a");
        for (var second = 0; second < 36; second++)
        {
            Assert.Equal(4 * Second, test.Store.Extend(1, grant.LeaseId, 4 * Second));
            test.Time.Advance(Second);
        }

        for (var left = 4; left > 0; left--)
        {
            Assert.Equal(left * Second, test.Store.Extend(1, grant.LeaseId, 4 * Second));
            test.Time.Advance(Second);
        }

        Assert.Equal(TimeSpan.Zero, test.Store.Extend(1, grant.LeaseId, 4 * Second));
        Assert.Equal(0, test.Statistics.Leases);
    }

    [Fact]
    public void Extend_AfterTheEnd_IsUnknown()
    {
        using var test = _test;
        var grant = Leased("a");
        test.Time.Advance(Second);

        Assert.Equal(TimeSpan.Zero, test.Store.Extend(1, grant.LeaseId, Second));
        Assert.Equal(0, test.Statistics.LeasedBytes);
    }

    [Fact]
    public void Extend_AnothersLeaseOrAReleasedOne_IsUnknown()
    {
        using var test = _test;
        var grant = Leased("a");

        Assert.Equal(TimeSpan.Zero, test.Store.Extend(2, grant.LeaseId, Second));
        Assert.Equal(1, test.Store.Release(1, grant.LeaseId));
        Assert.Equal(TimeSpan.Zero, test.Store.Extend(1, grant.LeaseId, Second));
    }

    [Fact]
    public void Extend_OfOneOfMany_LeavesTheOthersTheirEnds()
    {
        using var test = _test;
        LeaseGrant[] grants = [.. Enumerable.Range(0, 20).Select(i => Leased($"{i}", (1 + i) * Second / 10))];
        for (var i = 0; i < grants.Length; i += 2)
            Assert.Equal(3 * Second, test.Store.Extend(1, grants[i].LeaseId, 3 * Second));

        for (var i = 0; i < grants.Length; i++)
        {
            test.Time.Advance(Second / 10);
            Assert.Equal(20 - ((i + 1) / 2), test.Statistics.Leases);
        }

        test.Time.Advance(Second);
        Assert.Equal(0, test.Statistics.Leases);
    }

    [Fact]
    public void Extend_AfterTheStoreIsGone_IsUnknown()
    {
        var grant = Leased("a");
        _test.Dispose();

        Assert.Equal(TimeSpan.Zero, _test.Store.Extend(1, grant.LeaseId, Second));
    }

    private LeaseGrant Leased(string key, TimeSpan? duration = null)
    {
        _test.Put(key, 1);
        return _test.Match(1, duration ?? Second, key);
    }
}
