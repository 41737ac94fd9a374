using KvOrleans.Client;
using KvOrleans.Client.Writing;
using KvOrleans.Contracts.Blocks;

namespace KvOrleans.LoadGenerator.Targets;

/// <summary>One client with one data connection; reads land in one pinned buffer.</summary>
internal sealed class ThinClientConnection(PrefixCacheClient client, int longestPayload, bool matches) : IBenchConnection
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private static readonly BlockWriteOptions Overwrite = new() { Condition = WriteCondition.Any };

    private readonly byte[] _destination = GC.AllocateUninitializedArray<byte>(longestPayload, pinned: true);

    private readonly MatchedRun? _run = matches ? new(client, longestPayload) : null;

    public async ValueTask<ReadOnlyMemory<byte>> GetAsync(ReadOnlyMemory<byte> key)
    {
        if (_run is not null)
            return await _run.GetAsync(key);
        var read = await client.ReadAsync(BlockKey.From(key.Span), _destination, Deadline);
        return read.IsHit ? _destination.AsMemory(0, read.Length) : throw new IOException($"The read ended as {read.Outcome}.");
    }

    public async ValueTask SetAsync(ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> payload)
    {
        var write = await client.WriteAsync(BlockKey.From(key.Span), payload, Overwrite, Deadline);
        if (write.Outcome != BlockWriteOutcome.Accepted)
            throw new IOException($"The write ended as {write.Outcome}.");
    }

    public ValueTask DisposeAsync() => client.DisposeAsync();
}
