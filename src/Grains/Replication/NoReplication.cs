using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Cluster;
using KvOrleans.Contracts.Control;

namespace KvOrleans.Grains.Replication;

/// <summary>A silo that takes no copies and keeps no tombstones.</summary>
internal sealed class NoReplication : IOfferTaker, IHandoffBook, IBurials
{
    public ValueTask<OfferAnswer> TakeAsync(BlockOffer offer) => default;

    public void Done(SiloLife source, MapPosition map)
    {
    }

    public void Bury(BlockKey key, BlockVersion version)
    {
    }

    public TombstonePage Page(TimeSpan age, long cursor) => new([], 0, TimeSpan.Zero);
}
