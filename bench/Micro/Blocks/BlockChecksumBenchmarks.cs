using BenchmarkDotNet.Attributes;
using KvOrleans.Contracts.Blocks;

namespace KvOrleans.Benchmarks.Blocks;

/// <summary>What checking a block's bytes costs.</summary>
[MemoryDiagnoser]
public class BlockChecksumBenchmarks
{
    private const int Seed = 1;

    private byte[] _payload = [];

    /// <summary>Bytes of the block.</summary>
    [Params(64 << 10, 2 << 20)]
    public int Size { get; set; }

    /// <summary>Makes the block's bytes.</summary>
    [GlobalSetup]
    public void MakePayload()
    {
        _payload = new byte[Size];
        new Random(Seed).NextBytes(_payload);
    }

    /// <summary>XXH3 of the whole block.</summary>
    [Benchmark]
    public BlockChecksum Checksum() => BlockChecksum.Of(_payload);
}
