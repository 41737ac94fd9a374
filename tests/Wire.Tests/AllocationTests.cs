using KvOrleans.Wire.Commands;
using KvOrleans.Wire.Replies;
using KvOrleans.Wire.Tests.Commands;
using KvOrleans.Wire.Tests.Streams;

namespace KvOrleans.Wire.Tests;

/// <summary>Managed bytes, counted on this thread: every stream here completes on it.</summary>
public sealed class AllocationTests
{
    /// <summary>State machines, buffers not in the pool yet, and the like.</summary>
    private const int Constant = 8 * 1024;

    private const int Small = 10_000;
    private const int Payload = 2 << 20;

    [Fact]
    public void Read_ManySmallCommands_AllocatesAConstant()
    {
        var bytes = Enumerable.Repeat("*2\r\n$3\r\nGET\r\n$5\r\nkey:1\r\nGET \"a b\"\r\n"u8.ToArray(), Small / 2).SelectMany(static command => command).ToArray();

        AssertConstant(() =>
        {
            using var input = new RespInput(new ReadyStream(bytes));
            using var reader = new RespCommandReader(new NumberedValuePositions());
            var commands = 0;
            while (true)
            {
                if (reader.Read(input.Buffered) == RespReadStatus.Command)
                {
                    commands += reader.Count / 2;
                    input.Consume(reader.Consumed);
                    reader.Reset();
                }
                else if (!Completed(input.FillAsync(default)))
                {
                    break;
                }
            }

            Assert.Equal(Small, commands);
        });
    }

    [Fact]
    public void Read_CommandsOfManyArguments_AllocatesAConstant()
    {
        var bytes = Latin1.Bytes("*3000\r\n" + string.Concat(Enumerable.Range(0, 3000).Select(i => $"$4\r\n{i:d4}\r\n")));
        using var reader = new RespCommandReader(new NumberedValuePositions());

        AssertConstant(() =>
        {
            for (var i = 0; i < 20; i++)
            {
                Assert.True(reader.Read(bytes) == RespReadStatus.Command && reader.GetArgument(bytes, 2999).SequenceEqual("2999"u8));
                reader.Reset();
            }
        });
    }

    [Fact]
    public void Write_ManySmallReplies_AllocatesAConstant() =>
        AssertConstant(static () =>
        {
            using var output = new RespOutput(Stream.Null);
            for (var i = 0; i < Small; i++)
            {
                output.WriteBulk("payload"u8);
                output.WriteInteger(i);
                output.WriteNull();
                if (output.WantsFlush)
                    Completed(output.FlushAsync(default));
            }

            Completed(output.FlushAsync(default));
        });

    [Fact]
    public void WritePayloadAsync_LargePayload_AllocatesAConstant()
    {
        var payload = new byte[Payload];

        AssertConstant(() =>
        {
            using var output = new RespOutput(Stream.Null);
            output.WriteBulkHeader(payload.Length);
            Completed(output.WritePayloadAsync(payload, default));
            output.WriteLineEnd();
            Completed(output.FlushAsync(default));
        });
    }

    [Fact]
    public void ReadPayloadAsync_LargePayloadAtOnce_AllocatesAConstant()
    {
        byte[] bytes = [.. Latin1.Bytes($"${Payload}\r\n"), .. new byte[Payload], .. "\r\n"u8];
        var destination = new byte[Payload];

        AssertConstant(() =>
        {
            using var input = new RespInput(new ReadyStream(bytes));
            var reader = new RespReplyReader(input);
            Assert.Equal(Payload, Completed(reader.ReadLineAsync(default)).Number);
            for (var at = 0; at < Payload;)
                at += Completed(reader.ReadPayloadAsync(destination.AsMemory(at), default));
            Completed(reader.ReadPayloadEndAsync(default));
        });
    }

    [Fact]
    public void ReadPayloadAsync_LargePayloadInManyWaits_AllocatesAConstant()
    {
        var part = new byte[2048];
        var destination = new byte[Payload];

        AssertConstant(() =>
        {
            var stream = new PumpedStream();
            using var input = new RespInput(stream);
            var reader = new RespReplyReader(input);
            var line = reader.ReadLineAsync(default);
            stream.Pump("$2097152\r\n"u8);
            Assert.Equal(Payload, Completed(line).Number);
            for (var at = 0; at < Payload;)
            {
                var read = reader.ReadPayloadAsync(destination.AsMemory(at), default);
                stream.Pump(part);
                at += Completed(read);
            }

            Assert.Equal(1 + Payload / part.Length, stream.Operations);
        });
    }

    /// <summary>The least of a few times: the first warms up, and a collection may take a buffer out of the pool.</summary>
    private static void AssertConstant(Action action)
    {
        var least = long.MaxValue;
        for (var i = 0; i < 4; i++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            action();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.InRange(least, 0, Constant);
    }

    private static T Completed<T>(ValueTask<T> task)
    {
        Assert.True(task.IsCompleted);
        return task.GetAwaiter().GetResult();
    }

    private static void Completed(ValueTask task)
    {
        Assert.True(task.IsCompleted);
        task.GetAwaiter().GetResult();
    }
}
