namespace KvOrleans.Storage;

/// <summary>What a store still holds natively. All zero once it is disposed and its last reader is gone.</summary>
/// <param name="Segments">Segments of the arena.</param>
/// <param name="Slots">Rooms of blocks: staged, indexed, retired.</param>
/// <param name="Records">Records in use.</param>
/// <param name="Pins">Open readers.</param>
/// <param name="Allocations">Native allocations beside the arena.</param>
/// <param name="Bytes">Their bytes.</param>
public readonly record struct NativeFootprint(int Segments, int Slots, int Records, int Pins, long Allocations, long Bytes);
