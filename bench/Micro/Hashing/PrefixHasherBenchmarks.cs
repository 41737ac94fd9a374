using BenchmarkDotNet.Attributes;
using KvOrleans.Client.Hashing;

namespace KvOrleans.Benchmarks.Hashing;

/// <summary>Token ids to block hashes: 32,768 tokens in blocks of 16, as vLLM has them.</summary>
[MemoryDiagnoser]
public class PrefixHasherBenchmarks
{
    private const int Tokens = 32_768;

    private readonly PrefixHasher _hasher = new(new());
    private readonly int[] _tokens = new int[Tokens];
    private BlockHash[] _hashes = [];

    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(1);
        for (var i = 0; i < Tokens; i++)
            _tokens[i] = random.Next(128_000);
        _hashes = new BlockHash[_hasher.CountBlocks(Tokens)];
    }

    [Benchmark(OperationsPerInvoke = Tokens)]
    public int Token() => _hasher.HashChain(_tokens, _hashes);
}
