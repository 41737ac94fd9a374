using System.IO.Compression;
using System.Text;
using System.Text.Json;

namespace KvOrleans.Cli.Traces;

/// <summary>
/// Reads a trace: JSON lines, plain or gzip'd (told by the first two bytes, not by the name), each an object with <c>timestamp</c> (ms),
/// <c>input_length</c> (tokens) and <c>hash_ids</c> (block ids). Other properties and empty lines are passed over.
/// </summary>
internal static class TraceReader
{
    private static ReadOnlySpan<byte> GzipMagic => [0x1f, 0x8b];

    /// <summary>Reads the first <paramref name="limit"/> requests of the file at <paramref name="path"/>.</summary>
    /// <exception cref="TraceException">The file cannot be read, has no requests, or has a line that is not one.</exception>
    public static IReadOnlyList<TraceRequest> Read(string path, int limit = int.MaxValue)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan);
            return Read(file, path, limit);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new TraceException($"The trace {path} cannot be read: {error.Message}", error);
        }
    }

    /// <summary>Reads the first <paramref name="limit"/> requests of <paramref name="source"/>, which is called <paramref name="name"/> in errors.</summary>
    public static IReadOnlyList<TraceRequest> Read(Stream source, string name, int limit = int.MaxValue)
    {
        var requests = new List<TraceRequest>();
        var lineNumber = 0;
        try
        {
            using var lines = new StreamReader(Unpacked(source), new UTF8Encoding(false, throwOnInvalidBytes: true));
            while (requests.Count < limit && lines.ReadLine() is { } line)
            {
                lineNumber++;
                if (!string.IsNullOrWhiteSpace(line))
                    requests.Add(Parse(line));
            }
        }
        catch (FormatException error)
        {
            throw new TraceException($"{name}, line {lineNumber}: {error.Message}", error);
        }
        catch (InvalidDataException error)
        {
            throw new TraceException($"{name}: the gzip data is damaged after line {lineNumber}: {error.Message}", error);
        }
        catch (DecoderFallbackException error)
        {
            throw new TraceException($"{name}: not UTF-8 text after line {lineNumber}; a trace is JSON lines, plain or gzip'd.", error);
        }

        return requests.Count > 0 ? requests : throw new TraceException($"{name} holds no requests.");
    }

    private static Stream Unpacked(Stream source)
    {
        var seekable = source.CanSeek ? source : CopyOf(source);
        Span<byte> start = stackalloc byte[GzipMagic.Length];
        var read = seekable.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        seekable.Seek(-read, SeekOrigin.Current);
        return start[..read].SequenceEqual(GzipMagic) ? new GZipStream(seekable, CompressionMode.Decompress) : seekable;
    }

    /// <summary>A pipe cannot be looked into ahead of reading it.</summary>
    private static MemoryStream CopyOf(Stream pipe)
    {
        var copy = new MemoryStream();
        pipe.CopyTo(copy);
        copy.Position = 0;
        return copy;
    }

    private static TraceRequest Parse(string line)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(line);
        }
        catch (JsonException error)
        {
            throw new FormatException($"not valid JSON at character {error.BytePositionInLine + 1}.", error);
        }

        using (document)
        {
            var request = document.RootElement;
            if (request.ValueKind != JsonValueKind.Object)
                throw new FormatException($"expected an object with timestamp, input_length and hash_ids, found {Kind(request)}.");
            return new(Timestamp(request), InputLength(request), BlockIds(request));
        }
    }

    private static double Timestamp(JsonElement request)
    {
        var value = Required(request, "timestamp");
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetDouble(out var milliseconds) || !double.IsFinite(milliseconds))
            throw new FormatException($"'timestamp' must be a number of milliseconds, found {Kind(value)}.");
        return milliseconds;
    }

    private static long InputLength(JsonElement request)
    {
        var value = Required(request, "input_length");
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetInt64(out var tokens) || tokens < 0)
            throw new FormatException($"'input_length' must be a whole number of tokens, 0 or more, found {Kind(value)}.");
        return tokens;
    }

    private static long[] BlockIds(JsonElement request)
    {
        var value = Required(request, "hash_ids");
        if (value.ValueKind != JsonValueKind.Array)
            throw new FormatException($"'hash_ids' must be an array of block ids, found {Kind(value)}.");

        var ids = new long[value.GetArrayLength()];
        var at = 0;
        foreach (var element in value.EnumerateArray())
            ids[at] = BlockId(element, at++);
        return ids;
    }

    /// <summary>Hashes of 64 bits come signed or unsigned; both are only names.</summary>
    private static long BlockId(JsonElement element, int at)
    {
        if (element.ValueKind == JsonValueKind.Number)
        {
            if (element.TryGetInt64(out var id))
                return id;
            if (element.TryGetUInt64(out var unsigned))
                return unchecked((long)unsigned);
        }

        throw new FormatException($"'hash_ids[{at}]' must be a whole number of at most 64 bits, found {Kind(element)}.");
    }

    private static JsonElement Required(JsonElement request, string name) =>
        request.TryGetProperty(name, out var value) ? value : throw new FormatException($"'{name}' is missing.");

    private static string Kind(JsonElement element)
    {
        const int Longest = 40;
        var text = element.GetRawText();
        return text.Length <= Longest ? text : $"{text[..Longest]}…";
    }
}
