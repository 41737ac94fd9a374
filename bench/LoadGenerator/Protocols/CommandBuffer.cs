using System.Buffers.Text;

namespace KvOrleans.LoadGenerator.Protocols;

/// <summary>The head of one command, written into a pinned buffer.</summary>
internal sealed class CommandBuffer
{
    private const int LongestHead = 1024;

    private readonly byte[] _bytes = GC.AllocateUninitializedArray<byte>(LongestHead, pinned: true);
    private int _length;

    public ReadOnlyMemory<byte> Memory => _bytes.AsMemory(0, _length);

    public CommandBuffer Start(ReadOnlySpan<byte> text)
    {
        _length = 0;
        return Add(text);
    }

    public CommandBuffer Add(ReadOnlySpan<byte> text)
    {
        text.CopyTo(_bytes.AsSpan(_length));
        _length += text.Length;
        return this;
    }

    public CommandBuffer Add(int number)
    {
        if (!Utf8Formatter.TryFormat(number, _bytes.AsSpan(_length), out var written))
            throw new InvalidOperationException("A command's head is too long.");
        _length += written;
        return this;
    }
}
