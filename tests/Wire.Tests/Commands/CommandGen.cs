using CsCheck;
using KvOrleans.Wire.Commands;

namespace KvOrleans.Wire.Tests.Commands;

/// <summary>Random commands and what they look like on the wire, written without the code under test.</summary>
internal static class CommandGen
{
    /// <summary>Chunk sizes that a stream may arrive in.</summary>
    public static readonly Gen<int[]> Chunks = Gen.Frequency(
        (1, Gen.Const(new[] { 1 })),
        (4, Gen.Int[1, 40].Array[1, 12]),
        (2, Gen.Int[1, 30_000].Array[1, 5]),
        (1, Gen.Const(new[] { int.MaxValue })));

    private static readonly Gen<byte[]> Argument = Gen.Frequency(
        (1, Gen.Const(Array.Empty<byte>())),
        (6, Gen.Byte.Array[1, 30]),
        (2, Gen.OneOf("\r\n"u8.ToArray(), "$5\r\n"u8.ToArray(), "*1\r\n"u8.ToArray(), "\0"u8.ToArray())),
        (1, Gen.Byte.Array[100, 3000]));

    private static readonly Gen<byte[]> Value = Gen.Frequency(
        (1, Argument),
        (3, Filled(RespCommandReader.InlineValueLimit - 2, RespCommandReader.InlineValueLimit + 3)),
        (1, Filled(RespCommandReader.InlineValueLimit + 1, 40_000)));

    private static readonly Gen<SentCommand> Arrays = Argument.Array[0, 9].Select(SentCommand.Array);

    private static readonly Gen<SentCommand> WithValue =
        Gen.Select(Gen.Bool, Argument.Array[0, 4], Value, Argument.Array[0, 4], static (last, before, value, after) =>
            SentCommand.Array([Latin1.Bytes(last ? "L" : "V" + (before.Length + 1)), .. before, value, .. last ? [] : after]));

    private static readonly Gen<SentCommand> Inlines =
        Gen.Select(Gen.Select(Gen.Byte.Array[0, 12], Gen.Int[0, 2]).Array[0, 5], Gen.OneOf(" ", "\t ", "  "), Gen.OneOf("\r\n", "\n"), SentCommand.Inline);

    public static readonly Gen<SentCommand[]> Commands = Gen.Frequency((4, Arrays), (2, WithValue), (3, Inlines)).Array[0, 8];

    /// <summary>Commands with a few bytes changed, lost, repeated or put in between.</summary>
    public static readonly Gen<byte[]> Mutated =
        Gen.Select(Commands, Gen.Select(Gen.Int[0, int.MaxValue], Gen.Int[0, 4], Token).Array[1, 4], static (commands, mutations) =>
        {
            List<byte> bytes = [.. commands.SelectMany(static command => command.Bytes)];
            foreach (var (where, how, token) in mutations)
                Mutate(bytes, where % (bytes.Count + 1), how, token);
            return bytes.ToArray();
        });

    /// <summary>Bytes that a reader of RESP looks at.</summary>
    public static readonly Gen<byte[]> Noise = Gen.OneOf(
        Gen.Byte.Array[0, 300],
        Gen.OneOf(Token, Gen.Byte.Array[1, 3]).Array[0, 30].Select(static parts => parts.SelectMany(static part => part).ToArray()));

    private static Gen<byte[]> Token => Gen.OneOf(
        "\r\n", "\n", "\r", "*", "$", "*-1\r\n", "*0\r\n", "*2\r\n", "*3\r\n$2\r\nV2\r\n", "$-1\r\n", "$0\r\n\r\n", "$99999999999999999999\r\n", "$2147483647\r\n",
        "$20000\r\n", "$1\r\na\r\n", "*2147483647\r\n", "*1048576\r\n", "\"", "'", "\\", "\\x4", " ", "\0", "-", "+1", "01", "PING\r\n").Select(Latin1.Bytes);

    private static void Mutate(List<byte> bytes, int at, int how, byte[] token)
    {
        var there = Math.Min(bytes.Count - at, token.Length);
        switch (how)
        {
            case 0:
                bytes.InsertRange(at, token);
                break;
            case 1:
                bytes.RemoveRange(at, there);
                break;
            case 2:
                bytes.RemoveRange(at, there);
                bytes.InsertRange(at, token);
                break;
            case 3:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
            default:
                bytes.InsertRange(at, bytes.GetRange(0, at));
                break;
        }
    }

    private static Gen<byte[]> Filled(int least, int most) => Gen.Select(Gen.Int[least, most], Gen.Byte, static (length, first) =>
    {
        var bytes = new byte[length];
        for (var i = 0; i < length; i++)
            bytes[i] = (byte)(first + i * 31 + (i >> 8));
        return bytes;
    });
}
