using CsCheck;
using KvOrleans.Wire.Replies;

namespace KvOrleans.Wire.Tests.Replies;

/// <summary>Random replies.</summary>
internal static class ReplyGen
{
    private static readonly Gen<byte[]> Text = Gen.Char[' ', '~'].Array[0, 40].Select(static text => Latin1.Bytes(new string(text)));

    private static readonly Gen<byte[]> TextWithLineBreaks =
        Gen.OneOf(Gen.Char[' ', '~'], Gen.OneOf('\r', '\n')).Array[0, 40].Select(static text => Latin1.Bytes(new string(text)));

    private static readonly Gen<byte[]> Payload = Gen.Frequency(
        (4, Gen.Byte.Array[0, 50]),
        (1, Gen.Byte.Array[1000, 3000]),
        (1, Gen.Int[RespOutput.CopyLimit - 1, 6 * RespOutput.CopyLimit].Select(static length => Enumerable.Range(0, length).Select(static i => (byte)(i * 7)).ToArray())));

    private static readonly Gen<Reply> Leaf = Gen.OneOf(
        Text.Select(static text => new Reply(RespReplyType.SimpleString, Bytes: text)),
        TextWithLineBreaks.Select(static text => new Reply(RespReplyType.Error, Bytes: text)),
        Gen.OneOf(Gen.Long, Gen.OneOf(long.MinValue, long.MaxValue, 0L, -1L)).Select(static number => new Reply(RespReplyType.Integer, number)),
        Payload.Select(static payload => new Reply(RespReplyType.BulkString, Bytes: payload)),
        Gen.OneOf(new Reply(RespReplyType.Null), new Reply(RespReplyType.Array)));

    public static readonly Gen<Reply[]> Replies = Nested(3).Array[0, 6];

    private static Gen<Reply> Nested(int depth)
    {
        if (depth == 0)
            return Leaf;
        var inner = Nested(depth - 1);
        return Gen.Frequency(
            (3, Leaf),
            (1, inner.Array[0, 4].Select(static items => new Reply(RespReplyType.Array, Items: items))),
            (1, Gen.Select(inner, inner).Array[0, 2].Select(static pairs => new Reply(RespReplyType.Map, Items: [.. pairs.SelectMany(static pair => new[] { pair.Item1, pair.Item2 })]))));
    }
}
