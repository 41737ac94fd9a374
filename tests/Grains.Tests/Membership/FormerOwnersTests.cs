using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Cluster;
using KvOrleans.Contracts.Placement;
using KvOrleans.Grains.Membership;
using KvOrleans.Grains.Tests.Replication;
using KvOrleans.Probes.Clocks;

namespace KvOrleans.Grains.Tests.Membership;

/// <summary>Which silo took a key with it.</summary>
public sealed class FormerOwnersTests
{
    private static readonly KeyId[] Keys = [.. Enumerable.Range(0, 300).Select(i => KeyId.Of(BlockKey.From($"kv:m/{i}").Span))];

    private readonly ManualTimeProvider _time = new();
    private readonly FormerOwners _former;
    private ClusterMap _map = new(0, []);

    public FormerOwnersTests() => _former = new(_time);

    [Fact]
    public void Owner_ThatWent_IsNamedForItsKeys_WhoeverOwnsThemNow()
    {
        Install(1, 2, 3);
        var its = Keys.Where(key => Owner(key) == 3).ToList();
        Assert.DoesNotContain(Keys, key => _former.TryFind(key, out _, out _));

        Install(1, 2);
        _time.Advance(TimeSpan.FromSeconds(5));
        Install(1, 2, 4);

        Assert.InRange(its.Count, 50, 150);
        Assert.Equal(its, Keys.Where(key => _former.TryFind(key, out _, out _)));
        Assert.All(its, key => Assert.True(_former.TryFind(key, out var silo, out var ago) && silo == "s0003" && ago == TimeSpan.FromSeconds(5)));
    }

    [Fact]
    public void Owner_ThatWasThereToHandOver_IsNotNamed()
    {
        Install(1, 3);
        Install(1, 2, 3);
        var its = Keys.Where(key => Owner(key) == 3).ToList();

        Install(1, 2);

        Assert.Equal(its, Keys.Where(key => _former.TryFind(key, out _, out _)));
    }

    [Fact]
    public void Maps_AreRememberedToABound()
    {
        Install(1, 2);
        Install(1);
        Assert.Contains(Keys, key => _former.TryFind(key, out _, out _));

        for (ulong life = 10; life < 26; life++)
            Install(1, life);

        Assert.DoesNotContain(Keys, key => _former.TryFind(key, out var silo, out _) && silo == "s0002");
    }

    private ulong Owner(KeyId key) => ulong.Parse(_map.Silos[Rendezvous.OwnerOf(key, _map)].Name[1..]);

    private void Install(params ulong[] lives)
    {
        var next = Maps.Of(_map.Id + 1, lives);
        _former.MapInstalled(_map, next);
        _map = next;
    }
}
