namespace KvOrleans.Contracts.Control;

/// <summary>Which blocks of an offer the asked silo holds now, with exactly the offered content.</summary>
/// <param name="Held">Bit i stands for block i.</param>
/// <param name="Known">Of those not in <paramref name="Held"/>, the ones that are of no use to offer again: it holds another content or a tombstone, or has no room to spare for them.</param>
[GenerateSerializer, Immutable, Alias("KvOrleans.OfferAnswer")]
public readonly record struct OfferAnswer([property: Id(0)] ulong Held, [property: Id(1)] ulong Known);
