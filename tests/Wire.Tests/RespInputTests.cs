using KvOrleans.Wire.Tests.Streams;

namespace KvOrleans.Wire.Tests;

public sealed class RespInputTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1000)]
    public async Task FillAsync_NothingConsumed_GrowsToItsMaximumThenRefuses(int chunk)
    {
        using var input = new RespInput(new ChunkedStream(new byte[100], chunk), capacity: 16, maxCapacity: 64);
        while (input.BufferedCount < 64)
            Assert.True(await input.FillAsync(default));

        var exception = await Assert.ThrowsAsync<RespProtocolException>(async () => await input.FillAsync(default));

        Assert.Equal("Protocol error: too big request, at most 64 bytes beside the value", exception.Message);
        input.Consume(1);
        Assert.True(await input.FillAsync(default));
        Assert.Equal(64, input.BufferedCount);
    }

    [Fact]
    public async Task Consume_AndFill_KeepsTheBytesInOrder()
    {
        byte[] bytes = [.. Enumerable.Range(0, 256).Select(static i => (byte)i)];
        using var input = new RespInput(new ChunkedStream(bytes, 5, 16, 3), capacity: 16, maxCapacity: 32);
        List<byte> seen = [];
        while (await input.FillAsync(default))
        {
            var count = (input.BufferedCount + 1) / 2;
            seen.AddRange(input.Buffered[..count]);
            input.Consume(count);
        }

        seen.AddRange(input.Buffered);
        Assert.Equal(bytes, seen);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(4)]
    public async Task Consume_MoreThanIsBuffered_Throws(int count)
    {
        using var input = new RespInput(new ReadyStream(new byte[3]), capacity: 16);
        await input.FillAsync(default);

        Assert.Throws<ArgumentOutOfRangeException>("count", () => input.Consume(count));
    }

    [Fact]
    public async Task ReadAsync_SomeBuffered_GivesThatFirstThenReadsStraight()
    {
        using var input = new RespInput(new ReadyStream(new byte[100]), capacity: 16);
        await input.FillAsync(default);
        input.Consume(6);

        Assert.Equal(10, await input.ReadAsync(new byte[90], default));
        Assert.Equal(84, await input.ReadAsync(new byte[90], default));
        Assert.Equal(0, await input.ReadAsync(new byte[90], default));
    }

    [Fact]
    public async Task ReadAsync_NoRoom_DoesNotWait()
    {
        using var input = new RespInput(new PumpedStream());

        var read = input.ReadAsync(Memory<byte>.Empty, default);

        Assert.True(read.IsCompletedSuccessfully);
        Assert.Equal(0, await read);
    }

    [Fact]
    public async Task WaitAsync_SomethingBuffered_DoesNotWaitAndKeepsIt()
    {
        var stream = new PumpedStream();
        using var input = new RespInput(stream);
        var fill = input.FillAsync(default);
        stream.Pump("abc"u8);
        await fill;

        Assert.True(input.WaitAsync(default).IsCompletedSuccessfully);
        Assert.Equal("abc"u8, input.Buffered);
    }

    [Fact]
    public async Task WaitAsync_NothingBuffered_GivesTheBufferBackMeanwhile()
    {
        const int Rare = 1 << 22;
        var stream = new PumpedStream();
        using var input = new RespInput(stream, Rare, Rare);
        var fill = input.FillAsync(default);
        stream.Pump("abc"u8);
        await fill;
        input.Consume(3);

        var wait = input.WaitAsync(default);

        var before = GC.GetAllocatedBytesForCurrentThread();
        using (var other = new RespInput(new ReadyStream(new byte[1]), Rare, Rare))
            Assert.True(await other.FillAsync(default));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, Rare / 2);
        stream.Pump([]);
        await wait;
        var again = input.FillAsync(default);
        stream.Pump("de"u8);
        Assert.True(await again);
        Assert.Equal("de"u8, input.Buffered);
    }
}
