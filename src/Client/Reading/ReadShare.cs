using KvOrleans.Client.Connections;

namespace KvOrleans.Client.Reading;

/// <summary>The blocks that one connection reads, in chain order.</summary>
/// <param name="Link">The silo that is asked.</param>
/// <param name="Blocks">Which blocks of the match.</param>
internal readonly record struct ReadShare(SiloLink Link, List<int> Blocks);
