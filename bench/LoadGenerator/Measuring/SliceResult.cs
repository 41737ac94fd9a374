namespace KvOrleans.LoadGenerator.Measuring;

/// <summary>What one slice measured.</summary>
/// <param name="BytesPerSecond">Payload bytes per second, all connections together.</param>
/// <param name="Operations">How many operations it held; 0 where that has no meaning.</param>
/// <param name="Latencies">How long they took; null where that has no meaning.</param>
internal sealed record SliceResult(double BytesPerSecond, long Operations, LatencyHistogram? Latencies);
