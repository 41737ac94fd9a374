using System.Runtime.CompilerServices;
using KvOrleans.Client.Filling;
using KvOrleans.Client.Matching;
using KvOrleans.Client.Reading;
using KvOrleans.Client.Writing;
using KvOrleans.Contracts.Blocks;

namespace KvOrleans.Cli.Tests.Fakes;

internal sealed partial class FakeCache
{
    public async ValueTask<GetOrComputeResult> GetOrComputeAsync(
        ReadOnlyMemory<BlockKey> chain, ReadOnlyMemory<Memory<byte>> destinations, Func<int, CancellationToken, ValueTask> compute,
        GetOrComputeOptions? options = null, CancellationToken cancellationToken = default)
    {
        var match = await MatchAsync(chain, cancellationToken: cancellationToken);
        var cached = await ReadAsync(match, destinations[..match.Blocks.Count], cancellationToken: cancellationToken);
        await ReleaseAsync(match, cancellationToken: cancellationToken);
        if (cached == chain.Length)
            return new(cached, 0, 0, false);
        await compute(cached, cancellationToken);
        var payloads = destinations[cached..].ToArray().Select(memory => (ReadOnlyMemory<byte>)memory).ToArray();
        var writes = await WriteAsync(chain[cached..], payloads, options?.Write, cancellationToken: cancellationToken);
        return new(cached, writes.Count, writes.Count(write => write.IsStored), false);
    }

    public async IAsyncEnumerable<int> ReadEachAsync(
        PrefixMatch match, ReadOnlyMemory<Memory<byte>> destinations, TimeSpan? deadline = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var read = await ReadAsync(match, destinations, deadline, cancellationToken);
        for (var i = 0; i < read; i++)
            yield return i;
    }

    public async ValueTask<BlockRead> ReadAsync(
        PrefixMatch match, int index, long offset, Memory<byte> destination, TimeSpan? deadline = null, CancellationToken cancellationToken = default)
    {
        var whole = new byte[match.Blocks[index].Length];
        var read = await ReadAsync(match.Blocks[index].Key, whole, deadline, cancellationToken);
        if (!read.IsHit)
            return read;
        whole.AsSpan((int)offset, destination.Length).CopyTo(destination.Span);
        return read with { Length = destination.Length };
    }

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
