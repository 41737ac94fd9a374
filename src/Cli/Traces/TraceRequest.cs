namespace KvOrleans.Cli.Traces;

/// <summary>One line of a trace.</summary>
/// <param name="TimestampMilliseconds">When the request came, on the trace's own clock.</param>
/// <param name="InputLength">The prompt's tokens.</param>
/// <param name="BlockIds">The chain of the prompt's block ids, in order.</param>
internal sealed record TraceRequest(double TimestampMilliseconds, long InputLength, long[] BlockIds);
