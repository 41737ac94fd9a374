using CsCheck;
using KvOrleans.Wire.Commands;

namespace KvOrleans.Wire.Tests.Commands;

public sealed class CommandStreamTests
{
    private const int SmallBuffer = 4096;

    private static readonly RespLimits SmallLimits = new(16, 2048, 32 * 1024);

    [Fact]
    public async Task Read_AnySplitOfAnyValidStream_GivesTheSameCommands() =>
        await Gen.Select(CommandGen.Commands, CommandGen.Chunks, Gen.Int[16, 300]).SampleAsync(
            static async (commands, chunks, capacity) =>
            {
                var transcript = await CommandDriver.RunAsync([.. commands.SelectMany(static command => command.Bytes)], chunks, capacity: capacity);

                var expected = new Transcript { End = Transcript.Whole };
                expected.Commands.AddRange(commands.Select(static command => command.Arguments));
                Assert.Equal(expected.ToString(), transcript.ToString());
            },
            iter: 1000);

    [Fact]
    public async Task Read_AnyMutatedStream_EndsTheSameHoweverItIsSplit() =>
        await Gen.Select(CommandGen.Mutated, CommandGen.Chunks, CommandGen.Chunks).SampleAsync(EndsTheSameAsync, iter: 1000);

    [Fact]
    public async Task Read_AnyBytes_EndTheSameHoweverTheyAreSplit() =>
        await Gen.Select(CommandGen.Noise, CommandGen.Chunks, CommandGen.Chunks).SampleAsync(EndsTheSameAsync, iter: 5000);

    [Fact]
    public async Task Read_StreamSplitAtEveryTwoPlaces_GivesTheSameCommands()
    {
        var bytes = Latin1.Bytes("*2\r\n$3\r\nGET\r\n$2\r\n\r\n\r\nPING \"a\\x41\"\r\n*0\r\n\r\n*3\r\n$2\r\nV1\r\n$0\r\n\r\n$1\r\nx\r\n");
        for (var first = 1; first < bytes.Length - 1; first++)
        {
            for (var second = 1; second < bytes.Length - first; second++)
            {
                var transcript = await CommandDriver.RunAsync(bytes, [first, second, int.MaxValue], capacity: 16);

                Assert.Equal("474554 0D0A\n50494E47 6141\n\n\n5631  78\n" + Transcript.Whole, transcript.ToString());
            }
        }
    }

    [Fact]
    public async Task Read_LargeValueSplitAtEveryPlaceOfItsEdges_GivesTheSameCommand()
    {
        var command = SentCommand.Array(["V2"u8.ToArray(), "key"u8.ToArray(), new byte[RespCommandReader.InlineValueLimit + 1], "PX"u8.ToArray(), "9"u8.ToArray()]);
        var expected = await CommandDriver.RunAsync(command.Bytes, [int.MaxValue]);
        Assert.Equal([2], expected.ReceivedValues);
        for (var at = 1; at < command.Bytes.Length; at = at == 60 ? command.Bytes.Length - 60 : at + 1)
            Assert.Equal(expected.ToString(), (await CommandDriver.RunAsync(command.Bytes, [at, int.MaxValue], capacity: 64)).ToString());
    }

    private static async Task EndsTheSameAsync(byte[] bytes, int[] chunks, int[] otherChunks)
    {
        var one = await CommandDriver.RunAsync(bytes, chunks, SmallLimits, capacity: 16, maxCapacity: SmallBuffer);
        var other = await CommandDriver.RunAsync(bytes, otherChunks, SmallLimits, capacity: 16, maxCapacity: SmallBuffer);

        Assert.Equal(one.ToString(), other.ToString());
        Assert.InRange(one.LargestBuffer, 0, SmallBuffer);
    }
}
