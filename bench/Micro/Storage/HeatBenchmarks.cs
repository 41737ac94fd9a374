using BenchmarkDotNet.Attributes;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Storage;
using KvOrleans.Storage.Eviction;

namespace KvOrleans.Benchmarks.Storage;

/// <summary>What it costs a read to be counted, and the silo to count.</summary>
[MemoryDiagnoser]
public class HeatBenchmarks
{
    private const int Notes = 8192;

    private BlockStore _store = null!;
    private OpenBlock _block;

    /// <summary>A store with one block, open.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _store = new(new() { MemoryBytes = 4 << 20 }, new LruEvictionPolicy(), TimeProvider.System);
        var key = BlockKey.From("kv:m/1");
        var staged = _store.TryStage(4096)!;
        staged.Advance(4096);
        _store.TryPublish(key.Span, null, staged, new(1, new(1), 1), null);
        _store.TryOpen(key.Span, out _block);
    }

    /// <summary>Gives the memory back.</summary>
    [GlobalCleanup]
    public void Cleanup()
    {
        _block.Dispose();
        _store.Dispose();
    }

    /// <summary>The note of one read.</summary>
    [Benchmark]
    public void CountRead() => _block.CountRead(4096);

    /// <summary>As many notes as two rings keep, and taking them in.</summary>
    [Benchmark]
    public void CountReadsAndMeasure()
    {
        for (var i = 0; i < Notes; i++)
            _block.CountRead(4096);
        _store.Heat.Measure();
    }
}
