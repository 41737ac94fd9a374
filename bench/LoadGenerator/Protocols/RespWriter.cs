using System.Buffers.Text;
using System.Text;
using KvOrleans.LoadGenerator.Payloads;
using KvOrleans.LoadGenerator.Transport;

namespace KvOrleans.LoadGenerator.Protocols;

/// <summary>Pipelined <c>SET</c>s of the plain keys <c>key:number</c>: a batch is sent at once, then its replies are read.</summary>
internal sealed class RespWriter(ITransport transport, PayloadPool payloads, int longestBatch) : IDisposable
{
    private const int LongestHead = 64;
    private const int LongestReplies = 64 << 10;

    private readonly byte[] _commands = GC.AllocateUninitializedArray<byte>(longestBatch * (payloads.Size + LongestHead), pinned: true);
    private readonly byte[] _replies = GC.AllocateUninitializedArray<byte>(LongestReplies, pinned: true);
    private readonly byte[] _value = Encoding.ASCII.GetBytes($"\r\n${payloads.Size}\r\n");
    private int _length;

    /// <summary>What the server said last that was not <c>OK</c>.</summary>
    public string LastRefusal { get; private set; } = "";

    /// <summary>Writes the key of <paramref name="number"/>.</summary>
    /// <returns>Its length.</returns>
    public static int WriteKey(int number, Span<byte> key)
    {
        "key:"u8.CopyTo(key);
        Utf8Formatter.TryFormat(number, key["key:"u8.Length..], out var digits);
        return "key:"u8.Length + digits;
    }

    /// <summary>Writes these keys.</summary>
    /// <param name="numbers">At most as many as a batch has.</param>
    /// <param name="refused">Gets those that the server refused.</param>
    public async ValueTask WriteAsync(IReadOnlyList<int> numbers, List<int> refused)
    {
        _length = 0;
        foreach (var number in numbers)
            Append(number);
        await transport.SendAsync(_commands.AsMemory(0, _length), default, default);
        var filled = 0;
        for (var answered = 0; answered < numbers.Count;)
        {
            filled += await transport.ReceiveAsync(_replies.AsMemory(filled), 1);
            var rest = _replies.AsMemory(0, filled);
            while (rest.Span.IndexOf((byte)'\n') is >= 0 and var end)
            {
                if (!rest.Span[..end].SequenceEqual("+OK\r"u8))
                {
                    LastRefusal = Encoding.UTF8.GetString(rest.Span[..end]).Trim();
                    refused.Add(numbers[answered]);
                }

                answered++;
                rest = rest[(end + 1)..];
            }

            rest.CopyTo(_replies);
            filled = rest.Length;
        }
    }

    public void Dispose() => transport.Dispose();

    private void Append(int number)
    {
        Span<byte> key = stackalloc byte[LongestHead];
        key = key[..WriteKey(number, key)];
        Append("*3\r\n$3\r\nSET\r\n$"u8);
        Utf8Formatter.TryFormat(key.Length, _commands.AsSpan(_length), out var digits);
        _length += digits;
        Append("\r\n"u8);
        Append(key);
        Append(_value);
        Append(payloads.Of(number).Span);
        Append("\r\n"u8);
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_commands.AsSpan(_length));
        _length += bytes.Length;
    }
}
