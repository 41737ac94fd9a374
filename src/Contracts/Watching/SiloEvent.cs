namespace KvOrleans.Contracts.Watching;

/// <summary>Something that happened and that an operator wants to know. Never names a key.</summary>
/// <param name="Number">Its number among the silo's events, from 1.</param>
/// <param name="Kind">What happened.</param>
/// <param name="About">A silo's name, or why; may be empty.</param>
/// <param name="Count">How many blocks, bytes or silos; 0 where nothing is counted.</param>
/// <param name="AgeMilliseconds">How long ago, when this was told.</param>
[GenerateSerializer, Immutable, Alias("KvOrleans.SiloEvent")]
public readonly record struct SiloEvent(
    [property: Id(0)] long Number, [property: Id(1)] SiloEventKind Kind, [property: Id(2)] string About, [property: Id(3)] long Count, [property: Id(4)] long AgeMilliseconds);
