using KvOrleans.Client;
using KvOrleans.Client.Matching;
using KvOrleans.Client.Reading;
using KvOrleans.Client.Status;
using KvOrleans.Client.Writing;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Cluster;
using KvOrleans.Contracts.Errors;

namespace KvOrleans.Cli.Tests.Fakes;

/// <summary>A cache in memory: LRU by blocks, leased blocks stay, released ones become the most recent, the tail of a match first.</summary>
internal sealed partial class FakeCache(int capacity = int.MaxValue, bool keepsBytes = true) : IPrefixCache
{
    private readonly Lock _gate = new();
    private readonly Dictionary<BlockKey, LinkedListNode<Entry>> _index = [];
    private readonly LinkedList<Entry> _oldestFirst = new();
    private readonly Dictionary<PrefixMatch, List<LinkedListNode<Entry>>> _leased = [];

    /// <summary>Changes what a read delivers; runs after the read.</summary>
    public Action<BlockKey, Memory<byte>>? Damage { get; set; }

    /// <summary>Changes how a write ends, by its number from 1; null to let it happen.</summary>
    public Func<int, BlockWriteOutcome?>? WriteOutcome { get; set; }

    /// <summary>Changes how a read of one block ends, and with it a match's.</summary>
    public Func<BlockKey, BlockReadOutcome?>? ReadOutcome { get; set; }

    public bool IsUnreachable { get; init; }

    public List<BlockKey> Written { get; } = [];

    public int Released { get; private set; }

    public int Disposed { get; private set; }

    public int LargestRead { get; private set; }

    public Task WaitUntilReadyAsync(TimeSpan deadline, CancellationToken cancellationToken = default) =>
        IsUnreachable ? Task.FromException(new CacheException("No silo was reached.")) : Task.CompletedTask;

    public ValueTask<PrefixMatch> MatchAsync(ReadOnlyMemory<BlockKey> chain, TimeSpan? lease = null, TimeSpan? deadline = null, CancellationToken cancellationToken = default) =>
        MatchAsync(chain, new MatchOptions { Lease = lease }, deadline, cancellationToken);

    public ValueTask<PrefixMatch> MatchAsync(ReadOnlyMemory<BlockKey> chain, MatchOptions options, TimeSpan? deadline = null, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            var run = new List<LinkedListNode<Entry>>();
            foreach (var key in chain.Span)
            {
                if (!_index.TryGetValue(key, out var node))
                    break;
                run.Add(node);
            }

            foreach (var node in run)
                node.Value.Leases++;
            var blocks = run.ConvertAll(node => new MatchedBlock(node.Value.Key, node.Value.Version, node.Value.Length));
            var match = new PrefixMatch(blocks, TimeSpan.FromSeconds(30), leases: null);
            _leased.Add(match, run);
            return new(match);
        }
    }

    public async ValueTask<int> ReadAsync(PrefixMatch match, ReadOnlyMemory<Memory<byte>> destinations, TimeSpan? deadline = null, CancellationToken cancellationToken = default)
    {
        Assert.True(destinations.Length <= match.Blocks.Count);
        LargestRead = Math.Max(LargestRead, destinations.Length);
        for (var at = 0; at < destinations.Length; at++)
        {
            if (!(await ReadAsync(match.Blocks[at].Key, destinations.Span[at], deadline, cancellationToken)).IsHit)
                return at;
        }

        return destinations.Length;
    }

    public ValueTask<BlockRead> ReadAsync(BlockKey key, Memory<byte> destination, TimeSpan? deadline = null, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (ReadOutcome?.Invoke(key) is { } outcome)
            return new(new BlockRead(outcome, default, 0));
        lock (_gate)
        {
            if (!_index.TryGetValue(key, out var node))
                return new(new BlockRead(BlockReadOutcome.Miss, default, 0));
            node.Value.Bytes?.CopyTo(destination.Span);
            Damage?.Invoke(key, destination);
            return new(new BlockRead(BlockReadOutcome.Hit, node.Value.Version, node.Value.Length));
        }
    }

    public ValueTask<BlockWrite> WriteAsync(BlockKey key, ReadOnlyMemory<byte> payload, BlockWriteOptions? options = null, TimeSpan? deadline = null, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            Written.Add(key);
            if (WriteOutcome?.Invoke(Written.Count) is { } outcome)
                return new(new BlockWrite(outcome, default));
            if (_index.TryGetValue(key, out var present))
            {
                _oldestFirst.Remove(present);
                _oldestFirst.AddLast(present);
                return new(new BlockWrite(BlockWriteOutcome.AlreadyPresent, present.Value.Version));
            }

            if (_index.Count >= capacity && !EvictOne())
                return new(new BlockWrite(BlockWriteOutcome.OutOfSpace, default));
            var entry = new Entry(key, new(1, new(1), Written.Count), payload.Length, keepsBytes ? payload.ToArray() : null);
            _index.Add(key, _oldestFirst.AddLast(entry));
            return new(new BlockWrite(BlockWriteOutcome.Accepted, entry.Version));
        }
    }

    public ValueTask ReleaseAsync(PrefixMatch match, TimeSpan? deadline = null, CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            if (!_leased.Remove(match, out var run))
                return ValueTask.CompletedTask;
            Released++;
            for (var at = run.Count - 1; at >= 0; at--)
            {
                run[at].Value.Leases--;
                _oldestFirst.Remove(run[at]);
                _oldestFirst.AddLast(run[at]);
            }
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask<ClusterMap> GetMapAsync(TimeSpan? deadline = null, CancellationToken cancellationToken = default) =>
        new(Maps());

    /// <summary>The map, each time it is asked for.</summary>
    public Func<ClusterMap> Maps { get; set; } = () => new(7, [Silo]);

    /// <summary>What the silos say of themselves instead of what this cache would.</summary>
    public Func<IReadOnlyList<SiloReport>>? Reports { get; set; }

    public ValueTask<IReadOnlyList<SiloReport>> GetStatusAsync(TimeSpan? deadline = null, CancellationToken cancellationToken = default)
    {
        if (Reports is { } reports)
            return new(reports());
        lock (_gate)
        {
            var values = new Dictionary<string, string>
            {
                ["map_id"] = "7",
                ["arena_bytes"] = "1048576",
                ["arena_free_bytes"] = "524288",
                ["payload_bytes"] = "500000",
                ["resident_bytes"] = "2097152",
                ["blocks"] = $"{_index.Count}",
                ["leases"] = "0",
                ["evictions"] = "3",
                ["hits"] = "11",
                ["misses"] = "12",
            };
            return new([new SiloReport(Silo, true, values)]);
        }
    }

    /// <summary>What the silos say of hot blocks, each time they are asked.</summary>
    public Func<IReadOnlyList<SiloHotReport>> Hot { get; set; } = () => [new(Silo, null, 0, [])];

    public ValueTask<IReadOnlyList<SiloHotReport>> GetHotBlocksAsync(TimeSpan? deadline = null, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new(Hot());
    }

    /// <summary>What each silo says of a key; without it there is one silo, which has never seen it.</summary>
    public Func<BlockKey, IReadOnlyList<(SiloDescriptor Silo, Dictionary<string, string>? Values)>>? Explanations { get; set; }

    public ValueTask<IReadOnlyList<SiloExplanation>> ExplainAsync(ReadOnlyMemory<BlockKey> keys, TimeSpan? deadline = null, CancellationToken cancellationToken = default)
    {
        var explain = Explanations ?? (_ => [(Silo, new() { ["state"] = "absent", ["why"] = "never-seen", ["owner"] = Silo.Name, ["remembers-s"] = "60" })]);
        var known = keys.ToArray().Select(key => explain(key)).ToList();
        return new([.. known[0].Select((one, at) => new SiloExplanation(
            one.Silo, one.Values is not null, one.Values is null ? [] : [.. known.Select(key => new KeyReport(key[at].Values!))]))]);
    }

    public ValueTask<BlockInfo?> InspectAsync(BlockKey key, TimeSpan? deadline = null, CancellationToken cancellationToken = default)
    {
        lock (_gate)
            return new(_index.TryGetValue(key, out var node) ? new BlockInfo(node.Value.Version, node.Value.Length, new(0xabc), null, 0) : null);
    }

    public ValueTask<bool> InvalidateAsync(BlockKey key, WriteCondition condition = default, TimeSpan? deadline = null, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    public ValueTask DisposeAsync()
    {
        Disposed++;
        return ValueTask.CompletedTask;
    }

    public static SiloDescriptor Silo { get; } = new("silo-a", "zone-1", 1, new(System.Net.IPAddress.Loopback, 6380), new(0x1234));

    private bool EvictOne()
    {
        for (var node = _oldestFirst.First; node is not null; node = node.Next)
        {
            if (node.Value.Leases == 0)
            {
                _oldestFirst.Remove(node);
                return _index.Remove(node.Value.Key);
            }
        }

        return false;
    }

    private sealed class Entry(BlockKey key, BlockVersion version, int length, byte[]? bytes)
    {
        public BlockKey Key { get; } = key;

        public BlockVersion Version { get; } = version;

        public int Length { get; } = length;

        public byte[]? Bytes { get; } = bytes;

        public int Leases { get; set; }
    }
}
