namespace KvOrleans.Cli.Rendering;

/// <summary>Shows a replay while it runs.</summary>
internal interface IReplayDisplay
{
    /// <summary>Says what happens now, as one line.</summary>
    void Say(string line);

    /// <summary>Shows <paramref name="sample"/> again and again until <paramref name="replay"/> has ended, however it ends.</summary>
    Task FollowAsync(Func<Task<ReplayProgress>> sample, Task replay);
}
