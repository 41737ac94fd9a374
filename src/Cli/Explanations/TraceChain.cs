using System.Globalization;
using KvOrleans.Cli.Traces;

namespace KvOrleans.Cli.Explanations;

/// <summary>A request of a trace, whose chain is meant.</summary>
/// <param name="Path">The trace's file.</param>
/// <param name="Request">Which request, from 1.</param>
internal sealed record TraceChain(string Path, int Request)
{
    /// <summary>Reads <c>FILE@N</c>; without <c>@N</c> the first request is meant.</summary>
    /// <exception cref="FormatException">It is neither; the message says what is accepted.</exception>
    public static TraceChain Parse(string text)
    {
        var at = text.LastIndexOf('@');
        if (at < 0)
            return new(text, 1);
        return at > 0 && int.TryParse(text.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var request) && request > 0
            ? new(text[..at], request)
            : throw new FormatException($"'{text}' is not FILE or FILE@N, the Nth request from 1");
    }

    /// <summary>The ids of its blocks.</summary>
    /// <exception cref="TraceException">The file cannot be read, or has no such request.</exception>
    public long[] Read()
    {
        var requests = TraceReader.Read(Path, Request);
        return requests.Count == Request
            ? requests[^1].BlockIds
            : throw new TraceException($"The trace {Path} has {requests.Count} requests, not {Request}.");
    }
}
