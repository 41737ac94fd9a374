using System.Text;
using BenchmarkDotNet.Attributes;
using KvOrleans.Contracts.Digests;
using KvOrleans.Storage;
using KvOrleans.Storage.Arena;
using KvOrleans.Storage.Digests;
using KvOrleans.Storage.Eviction;

namespace KvOrleans.Benchmarks.Storage;

/// <summary>The digest of a million keys: what a key that comes and goes costs, and what a reader of changes costs.</summary>
[MemoryDiagnoser]
public class DigestBenchmarks
{
    private const int Keys = 1 << 20;
    private const int KeyLength = 84;

    private readonly byte[] _keys = new byte[Keys * KeyLength];
    private readonly byte[] _changes = new byte[4096 * BlockStore.BytesPerDigestChange];
    private readonly bool[] _isOut = new bool[Keys];
    private readonly NativeHeap _heap = new();
    private DigestFilter _filter = null!;
    private BlockStore _store = null!;
    private DigestRead _read;
    private long _number;
    private int _next;

    [GlobalSetup]
    public void Setup()
    {
        _filter = new(_heap, KeyDigest.BlocksFor(Keys), 1);
        _store = new(new() { MemoryBytes = 2L * Keys * 4096 }, new LruEvictionPolicy(), TimeProvider.System);
        for (var i = 0; i < Keys; i++)
        {
            Encoding.UTF8.GetBytes($"kv:{i:x16}/".PadRight(KeyLength, '0'), Key(i));
            _filter.Add(KeyDigest.Hash(Key(i)), ref _number);
            using var staged = _store.TryStage(0)!;
            _store.TryPublish(Key(i), null, staged, new(1, new(1), i + 1), null);
        }

        _read = _store.ReadDigest(0, 0, 0, _changes);
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _filter.FreeSome(int.MaxValue);
        _store.Dispose();
    }

    /// <summary>The hash alone.</summary>
    [Benchmark]
    public UInt128 HashKey() => KeyDigest.Hash(NextKey());

    /// <summary>A key comes or goes, with its hash: what the digest adds to a block that is indexed or leaves.</summary>
    [Benchmark]
    public long ComeOrGo()
    {
        var hash = KeyDigest.Hash(NextKey());
        ref var isOut = ref _isOut[_next];
        isOut = !isOut;
        if (isOut)
            _filter.Remove(hash, ref _number);
        else
            _filter.Add(hash, ref _number);
        return _number;
    }

    /// <summary>A block that replaces another, all of it.</summary>
    [Benchmark]
    public bool Replace()
    {
        var key = NextKey();
        _store.TryGetInfo(key, out var info);
        using var staged = _store.TryStage(0)!;
        return _store.TryPublish(key, info.Version, staged, info.Version with { Sequence = info.Version.Sequence + Keys }, null);
    }

    /// <summary>Nothing changed.</summary>
    [Benchmark]
    public DigestRead ReadNothing() => _store.ReadDigest(_read.Generation, long.MaxValue, 0, _changes);

    /// <summary>A reply as large as they get.</summary>
    [Benchmark]
    public DigestRead ReadFullReply() => _store.ReadDigest(0, 0, 0, _changes);

    private Span<byte> Key(int i) => _keys.AsSpan(i * KeyLength, KeyLength);

    private ReadOnlySpan<byte> NextKey()
    {
        _next = (_next + 611_953) % Keys;
        return Key(_next);
    }
}
