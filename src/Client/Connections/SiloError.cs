using System.Buffers.Text;
using System.Text;

namespace KvOrleans.Client.Connections;

/// <summary>A silo's error reply.</summary>
/// <param name="Kind">What it means.</param>
/// <param name="Text">Its text for the log. It ends before the first quotation mark: behind one a server may repeat arguments, and keys are secrets.</param>
/// <param name="MapId">With <see cref="SiloErrorKind.Moved"/>, the map the silo has; else 0.</param>
internal readonly record struct SiloError(SiloErrorKind Kind, string Text, long MapId)
{
    private const int LongestText = 200;

    /// <summary>Reads the text of an error reply.</summary>
    public static SiloError Read(ReadOnlySpan<byte> text)
    {
        var word = text.IndexOf((byte)' ') is var end and >= 0 ? text[..end] : text;
        if (word.SequenceEqual("OOM"u8))
            return new(SiloErrorKind.OutOfSpace, "OOM", 0);
        if (word.SequenceEqual("BUSY"u8))
            return new(SiloErrorKind.Busy, "BUSY", 0);
        if (word.SequenceEqual("TRYAGAIN"u8))
            return new(SiloErrorKind.TryAgain, "TRYAGAIN", 0);
        if (word.SequenceEqual("NOREPLICAS"u8))
            return new(SiloErrorKind.NotReplicated, "NOREPLICAS", 0);
        if (word.SequenceEqual("UNKNOWN"u8))
            return new(SiloErrorKind.Unknown, "UNKNOWN", 0);
        if (word.SequenceEqual("NOTOWNER"u8))
        {
            Utf8Parser.TryParse(text[Math.Min(word.Length + 1, text.Length)..], out long mapId, out _);
            return new(SiloErrorKind.Moved, "NOTOWNER", mapId);
        }

        var quote = text.IndexOfAny("'\"`"u8);
        var safe = quote < 0 ? text : text[..quote];
        return new(SiloErrorKind.Refused, Encoding.ASCII.GetString(safe[..Math.Min(safe.Length, LongestText)]), 0);
    }
}
