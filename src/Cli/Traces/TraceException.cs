namespace KvOrleans.Cli.Traces;

/// <summary>A trace cannot be read; the message names the file, the line and what is wrong with it.</summary>
internal sealed class TraceException(string message, Exception? cause = null) : Exception(message, cause);
