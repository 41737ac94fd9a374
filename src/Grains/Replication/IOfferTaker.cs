using KvOrleans.Contracts.Control;
using KvOrleans.Contracts.Heat;

namespace KvOrleans.Grains.Replication;

/// <summary>Takes what other silos offer. Thread-safe.</summary>
internal interface IOfferTaker
{
    /// <summary>Pulls what this silo lacks of the offer and answers when that is done.</summary>
    ValueTask<OfferAnswer> TakeAsync(BlockOffer offer);

    /// <summary>Pulls an extra copy of a hot block, if it lacks one. Answers, when that is done, how it is here.</summary>
    ValueTask<HotAnswer> TakeHotAsync(HotOffer offer);
}
