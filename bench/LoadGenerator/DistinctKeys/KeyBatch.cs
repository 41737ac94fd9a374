namespace KvOrleans.LoadGenerator.DistinctKeys;

/// <summary>Keys that go to one server at once.</summary>
/// <param name="Server">The server, as its index among the contender's.</param>
/// <param name="Numbers">The keys.</param>
internal sealed record KeyBatch(int Server, int[] Numbers);
