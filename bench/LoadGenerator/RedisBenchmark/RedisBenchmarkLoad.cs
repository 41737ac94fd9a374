namespace KvOrleans.LoadGenerator.RedisBenchmark;

/// <summary>What redis-benchmark is asked to do.</summary>
internal sealed record RedisBenchmarkLoad(int Requests, int PayloadBytes, int Pipeline, int Connections, int Keys)
{
    /// <summary>Payload bytes of all keys together.</summary>
    public long Bytes => (long)Keys * PayloadBytes;

    /// <summary>The command line for the server on <paramref name="port"/>.</summary>
    public IReadOnlyList<string> Arguments(int port) =>
    [
        "-h", "127.0.0.1", "-p", $"{port}", "-t", "set,get", "--csv",
        "-n", $"{Requests}", "-d", $"{PayloadBytes}", "-P", $"{Pipeline}", "-c", $"{Connections}", "-r", $"{Keys}",
    ];
}
