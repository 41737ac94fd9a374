namespace KvOrleans.Contracts.Cluster;

/// <summary>Names a cluster map: the membership table it was read from, and that table's version.</summary>
/// <param name="Incarnation">A random id beside the table; another one means that the table was lost and begun again.</param>
/// <param name="Id">The membership version.</param>
/// <param name="Digest">Of all rows' lives and statuses: the same digest, nothing was taken from anybody in between.</param>
[GenerateSerializer, Immutable, Alias("KvOrleans.MapPosition")]
public readonly record struct MapPosition([property: Id(0)] ulong Incarnation, [property: Id(1)] long Id, [property: Id(2)] ulong Digest = 0)
{
    /// <summary>Whether both maps come from the same table with the same rows, whatever its version.</summary>
    public bool HasRowsOf(MapPosition other) => Incarnation == other.Incarnation && Digest == other.Digest;
}
