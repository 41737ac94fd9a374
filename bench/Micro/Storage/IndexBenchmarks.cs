using System.Text;
using BenchmarkDotNet.Attributes;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Storage;
using KvOrleans.Storage.Eviction;
using KvOrleans.Storage.Leases;

namespace KvOrleans.Benchmarks.Storage;

/// <summary>The index with a quarter of a million blocks: opening one, and matching a chain of 256 with and without a lease.</summary>
[MemoryDiagnoser]
public class IndexBenchmarks
{
    private const int Blocks = 1 << 18;
    private const int Chain = 256;
    private const int KeyLength = 84;

    private readonly byte[] _keys = new byte[Blocks * KeyLength];
    private readonly (int Offset, int Length)[] _ranges = new (int, int)[Chain];
    private readonly KeyMatch[] _results = new KeyMatch[Chain];
    private BlockStore _store = null!;
    private int _next;

    [GlobalSetup]
    public void Setup()
    {
        _store = new(new() { MemoryBytes = 2L * Blocks * 4096 }, new LruEvictionPolicy(), TimeProvider.System);
        for (var i = 0; i < Blocks; i++)
        {
            var key = _keys.AsSpan(i * KeyLength, KeyLength);
            Encoding.UTF8.GetBytes($"kv:{i:x16}/".PadRight(KeyLength, '0'), key);
            using var staged = _store.TryStage(1)!;
            staged.Advance(1);
            _store.TryPublish(key, null, staged, new(1, new(1), i + 1), null);
        }
    }

    [GlobalCleanup]
    public void Cleanup() => _store.Dispose();

    [Benchmark]
    public int OpenOne()
    {
        _next = (_next + 7919) % Blocks;
        _store.TryOpen(_keys.AsSpan(_next * KeyLength, KeyLength), out var block);
        using (block)
            return block.Length;
    }

    [Benchmark(OperationsPerInvoke = Chain)]
    public int LookUpKey() => Match(TimeSpan.Zero).Found;

    [Benchmark(OperationsPerInvoke = Chain)]
    public int MatchAndReleaseKey() => _store.Release(1, Match(TimeSpan.FromSeconds(10)).LeaseId);

    private LeaseGrant Match(TimeSpan lease)
    {
        for (var i = 0; i < Chain; i++)
        {
            _next = (_next + 7919) % Blocks;
            _ranges[i] = (_next * KeyLength, KeyLength);
        }

        return _store.Match(1, new MatchKeys(_keys, _ranges), _results, lease);
    }
}
