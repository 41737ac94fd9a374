using CsCheck;
using KvOrleans.Wire.Tests.Commands;

namespace KvOrleans.Wire.Tests.Replies;

public sealed class ReplyStreamTests
{
    [Fact]
    public async Task ReadLine_AnyRepliesInAnySplit_AreThoseThatWereWritten() =>
        await Gen.Select(ReplyGen.Replies, CommandGen.Chunks, Gen.Bool, Gen.Bool, Gen.Int[16, 300]).SampleAsync(
            static async (replies, chunks, resp3, inParts, capacity) =>
            {
                var protocol = resp3 ? RespProtocol.Resp3 : RespProtocol.Resp2;
                var bytes = await WrittenAsync(replies, protocol, inParts);

                Assert.Equal(
                    string.Concat(replies.Select(reply => reply.Describe(protocol))) + ReplyDriver.End,
                    await ReplyDriver.RunAsync(bytes, chunks, capacity));
            },
            iter: 500);

    [Fact]
    public async Task ReadLine_AnyBytes_EndTheSameHoweverTheyAreSplit() =>
        await Gen.Select(Noise, CommandGen.Chunks, CommandGen.Chunks).SampleAsync(
            static async (bytes, chunks, otherChunks) => Assert.Equal(await ReplyDriver.RunAsync(bytes, chunks), await ReplyDriver.RunAsync(bytes, otherChunks)),
            iter: 3000);

    private static Gen<byte[]> Noise => Gen.OneOf(
            Gen.OneOf("\r\n", "\n", "\r", "*", "$", ":", "+", "-", "_\r\n", "%2\r\n", "$-1\r\n", "$0\r\n", "$3\r\nabc\r\n", ":1\r\n", "$5\r\n", "*-2\r\n", "%", ",1\r\n", "~1\r\n", "-1", "+OK\r\n"),
            Gen.Byte.Array[1, 3].Select(Latin1.Text))
        .Array[0, 30].Select(static parts => Latin1.Bytes(string.Concat(parts)));

    private static async Task<byte[]> WrittenAsync(Reply[] replies, RespProtocol protocol, bool inParts)
    {
        var stream = new MemoryStream();
        using var output = new RespOutput(stream) { Protocol = protocol };
        foreach (var reply in replies)
            await reply.WriteAsync(output, inParts);
        await output.FlushAsync(CancellationToken.None);
        return stream.ToArray();
    }
}
