using KvOrleans.Client.Writing;
using KvOrleans.Contracts.Blocks;

namespace KvOrleans.Cli.Tests.Fakes;

internal sealed partial class FakeCache
{
    public async ValueTask<IReadOnlyList<BlockWrite>> WriteAsync(
        ReadOnlyMemory<BlockKey> keys, ReadOnlyMemory<ReadOnlyMemory<byte>> payloads, BlockWriteOptions? options = null, TimeSpan? deadline = null,
        CancellationToken cancellationToken = default)
    {
        var writes = new BlockWrite[keys.Length];
        for (var i = 0; i < writes.Length; i++)
            writes[i] = await WriteAsync(keys.Span[i], payloads.Span[i], options, deadline, cancellationToken);
        return writes;
    }
}
