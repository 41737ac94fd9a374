using KvOrleans.Contracts.Blocks;
using KvOrleans.Storage.Arena;
using KvOrleans.Storage.Copies;

namespace KvOrleans.Storage.Index;

/// <summary>One content of a block, on its way into the index.</summary>
internal readonly record struct BlockContent(
    Slot Slot, int Length, BlockChecksum Checksum, BlockVersion Version, long ExpiresAt, BlockRole Role, bool IsRegister, UInt128 Parent);
