using KvOrleans.Contracts.Blocks;

namespace KvOrleans.Silo.DataPlane.Routing;

/// <summary>Keys of one command that belong to one silo.</summary>
/// <param name="Route">Where they belong.</param>
/// <param name="Keys">They, in their order.</param>
internal sealed record KeyBatch(KeyRoute Route, List<BlockKey> Keys);
