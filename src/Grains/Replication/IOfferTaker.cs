using KvOrleans.Contracts.Control;

namespace KvOrleans.Grains.Replication;

/// <summary>Takes what other silos offer. Thread-safe.</summary>
internal interface IOfferTaker
{
    /// <summary>Pulls what this silo lacks of the offer and answers when that is done.</summary>
    ValueTask<OfferAnswer> TakeAsync(BlockOffer offer);
}
