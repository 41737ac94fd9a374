namespace KvOrleans.Faults.Tests.Nodes;

/// <summary>Lets time pass. Nothing here waits for something to have happened by then: how long a fault lasts and when the next begins is what the test is about.</summary>
internal static class Passing
{
    /// <returns>False when it was cancelled.</returns>
    public static async Task<bool> OfAsync(TimeSpan time, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(time > TimeSpan.FromMilliseconds(1) ? time : TimeSpan.FromMilliseconds(1));
        try
        {
            return await timer.WaitForNextTickAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
