namespace KvOrleans.Silo.Watching;

/// <summary>What of a silo makes an event when it changes.</summary>
/// <param name="NotReady">Why clients should not be sent here; null when they should.</param>
/// <param name="IsCutOff">Whether the membership table cannot be read.</param>
/// <param name="ServesRegisters">Whether registers are served.</param>
/// <param name="RepairPending">Blocks that wait to be offered, or for an answer.</param>
/// <param name="RepairBytes">Bytes of repair, handoff and drain since the start.</param>
/// <param name="HandoffPending">Silos whose handoff to this one is not done.</param>
/// <param name="IsDraining">Whether the silo gives its blocks away.</param>
/// <param name="HotBlocks">Blocks that it owns and that are hot.</param>
internal readonly record struct SiloCondition(
    string? NotReady, bool IsCutOff, bool ServesRegisters, int RepairPending, long RepairBytes, int HandoffPending, bool IsDraining, int HotBlocks);
