namespace KvOrleans.Benchmarks;

/// <summary>Names this assembly, where benchmarks are looked for.</summary>
internal sealed class BenchmarksAssembly;
