namespace KvOrleans.LoadGenerator.Watching;

/// <summary>How the cost of the console is measured.</summary>
/// <param name="Silos">How many silos the cluster has.</param>
/// <param name="Watchers">How many have the console of the first open at a time.</param>
/// <param name="Rounds">Slices watched, and as many unwatched, in turn.</param>
/// <param name="Slice">How long each takes.</param>
/// <param name="ReadsPerSecond">GETs of 64 KiB, all of the first silo: the same in every slice.</param>
internal sealed record WatchPlan(int Silos, int Watchers, int Rounds, TimeSpan Slice, int ReadsPerSecond);
