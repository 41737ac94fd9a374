namespace KvOrleans.LoadGenerator.RedisBenchmark;

/// <summary>One line of one run of redis-benchmark.</summary>
/// <param name="Server">The server.</param>
/// <param name="Round">The round, from 0.</param>
/// <param name="Test">What redis-benchmark calls it: <c>SET</c>, <c>GET</c>.</param>
/// <param name="RequestsPerSecond">Requests per second.</param>
/// <param name="Steal">The share, 0 to 1, of processor time that the hypervisor gave to others during the run.</param>
internal sealed record RedisBenchmarkSample(string Server, int Round, string Test, double RequestsPerSecond, double Steal);
