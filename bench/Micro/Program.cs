using BenchmarkDotNet.Running;
using KvOrleans.Benchmarks;

// One class per subject; without arguments it asks which to run.
BenchmarkSwitcher.FromAssembly(typeof(BenchmarksAssembly).Assembly).Run(args);
