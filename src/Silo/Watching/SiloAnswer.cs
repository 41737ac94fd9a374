using System.Collections.Immutable;
using KvOrleans.Contracts.Watching;

namespace KvOrleans.Silo.Watching;

/// <summary>What a silo says of keys.</summary>
/// <param name="Silo">Its name.</param>
/// <param name="Keys">What it says of each; null: it does not answer.</param>
internal sealed record SiloAnswer(string Silo, ImmutableArray<KeyExplanation>? Keys);
