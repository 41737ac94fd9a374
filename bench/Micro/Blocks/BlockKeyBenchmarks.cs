using BenchmarkDotNet.Attributes;
using KvOrleans.Contracts.Blocks;

namespace KvOrleans.Benchmarks.Blocks;

/// <summary>What naming a block costs, for a key as our client makes it: a fingerprint and 32 bytes of hash in hex.</summary>
[MemoryDiagnoser]
public class BlockKeyBenchmarks
{
    private static readonly string Text = $"kv:{new string('f', 32)}/{new string('a', 64)}";

    private BlockKey _key;
    private BlockKey _same;

    /// <summary>Makes two equal keys in different memory.</summary>
    [GlobalSetup]
    public void MakeKeys() => (_key, _same) = (BlockKey.From(Text), BlockKey.From(Text));

    /// <summary>The hash that the index's dictionaries use.</summary>
    [Benchmark]
    public int HashCode() => _key.GetHashCode();

    /// <summary>Comparison of equal keys.</summary>
    [Benchmark]
    public bool Equality() => _key.Equals(_same);

    /// <summary>The id that placement and grains use.</summary>
    [Benchmark]
    public KeyId KeyIdOf() => KeyId.Of(_key.Span);

    /// <summary>A key from bytes that were received.</summary>
    [Benchmark]
    public BlockKey Copy() => BlockKey.From(_key.Span);
}
