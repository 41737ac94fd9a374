using System.Buffers.Text;
using System.Text;

namespace KvOrleans.Grains.Peers;

/// <summary>Reads another silo's error replies.</summary>
internal static class PeerErrors
{
    private const int Longest = 512;

    /// <summary>What an error says.</summary>
    public static PeerAnswer Read(ReadOnlySpan<byte> text)
    {
        if (text.StartsWith("NOTOWNER "u8) && Utf8Parser.TryParse(text["NOTOWNER ".Length..], out long map, out _))
            return new(PeerOutcome.NotOwner, map);
        return new(PeerOutcome.Refused, 0, Encoding.Latin1.GetString(text[..Math.Min(text.Length, Longest)]));
    }
}
