using System.Text;
using BenchmarkDotNet.Attributes;
using KvOrleans.Wire;
using KvOrleans.Wire.Commands;

namespace KvOrleans.Benchmarks.Framing;

/// <summary>A pipeline of a thousand <c>GET</c>s read, and as many short replies written.</summary>
[MemoryDiagnoser]
public class CommandFramingBenchmarks : IValuePositions
{
    private const int Commands = 1000;

    private readonly byte[] _pipeline = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("*2\r\n$3\r\nGET\r\n$16\r\nkey:000000012345\r\n", Commands)));
    private readonly RespOutput _output = new(Stream.Null);
    private RespCommandReader _reader = null!;

    [GlobalSetup]
    public void Setup() => _reader = new(this);

    [Benchmark(OperationsPerInvoke = Commands)]
    public int ReadCommand()
    {
        var rest = _pipeline.AsSpan();
        var arguments = 0;
        while (_reader.Read(rest) == RespReadStatus.Command)
        {
            arguments += _reader.Count;
            rest = rest[_reader.Consumed..];
            _reader.Reset();
        }

        return arguments;
    }

    [Benchmark(OperationsPerInvoke = Commands)]
    public ValueTask WriteReply()
    {
        for (var i = 0; i < Commands; i++)
            _output.WriteBulk("value"u8);
        return _output.FlushAsync(CancellationToken.None);
    }

    int IValuePositions.ValuePosition(ReadOnlySpan<byte> commandName, int argumentCount) => -1;
}
