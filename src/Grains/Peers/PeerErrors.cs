using System.Buffers.Text;
using System.Net.Sockets;
using System.Text;
using KvOrleans.Wire;

namespace KvOrleans.Grains.Peers;

/// <summary>Tells what another silo's errors, and those of connections to it, mean.</summary>
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

    /// <summary>What of an error may be logged: it ends before the first quotation mark, for behind one a server may repeat arguments, and the password was one.</summary>
    public static string ForTheLog(ReadOnlySpan<byte> text)
    {
        var quote = text.IndexOfAny("'\"`"u8);
        var safe = quote < 0 ? text : text[..quote];
        return Encoding.Latin1.GetString(safe[..Math.Min(safe.Length, Longest)]);
    }

    /// <summary>Whether a connection failed with <paramref name="error"/>, or what came over it makes no sense.</summary>
    public static bool IsBroken(Exception error) =>
        error is IOException or SocketException or ObjectDisposedException or RespProtocolException;
}
