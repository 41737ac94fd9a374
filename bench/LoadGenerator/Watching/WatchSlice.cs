namespace KvOrleans.LoadGenerator.Watching;

/// <summary>What silos took in one slice.</summary>
/// <param name="IsWatched">Whether the console was open.</param>
/// <param name="CoreShares">Processor time of each silo over elapsed time: 1 is one core.</param>
/// <param name="Reads">How many reads were done.</param>
/// <param name="Frames">How many pictures a watcher got.</param>
internal sealed record WatchSlice(bool IsWatched, double[] CoreShares, int Reads, int Frames);
