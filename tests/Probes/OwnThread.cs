namespace KvOrleans.Probes;

/// <summary>Work that blocks, such as that of a <see cref="RespProbe"/>, on a thread of its own: on the pool's it would hold up a silo in the same process.</summary>
public static class OwnThread
{
    /// <summary>Begins it now.</summary>
    public static Task RunAsync(Action work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>Begins it now.</summary>
    public static Task<T> RunAsync<T>(Func<T> work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
