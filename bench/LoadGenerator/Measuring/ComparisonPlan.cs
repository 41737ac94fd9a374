namespace KvOrleans.LoadGenerator.Measuring;

/// <summary>What a run measures.</summary>
/// <param name="Sizes">Payload sizes in bytes.</param>
/// <param name="Connections">Numbers of connections.</param>
/// <param name="Operations">Operations.</param>
/// <param name="Rounds">Slices per contender and cell.</param>
/// <param name="SliceLength">How long a slice lasts.</param>
/// <param name="CycleBytes">Payload bytes that slices cycle over.</param>
internal sealed record ComparisonPlan(
    IReadOnlyList<int> Sizes,
    IReadOnlyList<int> Connections,
    IReadOnlyList<Operation> Operations,
    int Rounds,
    TimeSpan SliceLength,
    long CycleBytes);
