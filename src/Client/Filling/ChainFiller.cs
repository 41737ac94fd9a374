using KvOrleans.Client.Matching;
using KvOrleans.Client.Reading;
using KvOrleans.Client.Writing;

namespace KvOrleans.Client.Filling;

/// <summary>What all calls have in common that fetch what is there and compute the rest.</summary>
/// <param name="Matcher">Finds what is there.</param>
/// <param name="Reader">Reads it.</param>
/// <param name="Writer">Writes what was computed.</param>
/// <param name="Desk">Says who computes.</param>
/// <param name="Time">Measures waits.</param>
/// <param name="Random">Spreads those who ask again.</param>
internal sealed record ChainFiller(ChainMatcher Matcher, MatchReader Reader, BatchWriter Writer, FillDesk Desk, TimeProvider Time, Random Random)
{
    /// <summary>What callers of this client are about.</summary>
    public FillFlights Flights { get; } = new();
}
