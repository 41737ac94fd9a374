using KvOrleans.Contracts.Blocks;

namespace KvOrleans.Grains.Peers;

/// <summary>What another silo said to a request without a payload in its answer.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="Number">An integer; with <see cref="PeerOutcome.NotOwner"/> the id of the silo's map.</param>
/// <param name="Text">An outcome's word, or the error.</param>
/// <param name="Version">A version that came with the word.</param>
public readonly record struct PeerAnswer(PeerOutcome Outcome, long Number = 0, string Text = "", BlockVersion Version = default);
