namespace KvOrleans.Storage.Leases;

/// <summary>How much may be leased.</summary>
/// <param name="Pages">By all owners together; a block leased many times counts once.</param>
/// <param name="PagesPerOwner">By one owner.</param>
/// <param name="Positions">Leased positions of chains, with repetitions: the bound of the book's own memory.</param>
/// <param name="PositionsPerOwner">The same for one owner.</param>
internal readonly record struct LeaseBounds(long Pages, long PagesPerOwner, int Positions, int PositionsPerOwner);
