namespace KvOrleans.Storage.Tests;

/// <summary>Bytes that follow from a seed: a window into one random buffer, so that making and comparing them is cheap.</summary>
internal static class Content
{
    public const int Longest = 12 << 20;

    private const int Windows = 1 << 20;

    private static readonly byte[] Buffer = MakeBuffer();

    public static ReadOnlySpan<byte> Of(long seed, int length) =>
        Buffer.AsSpan((int)((ulong)(seed * 0x61C8864680B583EB) >> 44), length);

    private static byte[] MakeBuffer()
    {
        var buffer = new byte[Longest + Windows];
        new Random(17).NextBytes(buffer);
        return buffer;
    }
}
