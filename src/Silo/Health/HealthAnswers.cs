namespace KvOrleans.Silo.Health;

/// <summary>
/// Answers those who start, stop and route to silos. <see cref="ProbePaths.Live"/>: the process works. <see cref="ProbePaths.Ready"/>: it has joined its cluster and can read the membership table, the data plane
/// is open, registers are served or it has waited for that, and it was not told to stop. <see cref="ProbePaths.Started"/>: it was ready once.
/// </summary>
internal sealed class HealthAnswers(SiloCourse course, Liveness liveness)
{
    /// <summary>The answer; null when the path is another.</summary>
    public (bool IsGood, string Text)? To(string? path) => path switch
    {
        ProbePaths.Live => Answer("ok", "stuck", liveness.WhyNot()),
        ProbePaths.Ready => Answer("ready", "not ready", course.WhyNotReady()),
        ProbePaths.Started => course.WhyNotReady() is { } reason && !course.WasReady ? (false, $"not started: {reason}\n") : (true, "started\n"),
        _ => null,
    };

    private static (bool, string) Answer(string good, string bad, string? reason) => reason is null ? (true, $"{good}\n") : (false, $"{bad}: {reason}\n");
}
