namespace KvOrleans.Silo.DataPlane.Routing;

/// <summary>Bounds how many blocks are on their way from other silos at once for this silo's clients. Thread-safe.</summary>
internal sealed class FetchSlots : IDisposable
{
    /// <summary>How many.</summary>
    public const int Most = 128;

    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _slots = new(Most);

    /// <summary>Takes one, to be disposed of; null when none was free in time.</summary>
    public async ValueTask<FetchSlot?> TakeAsync() => await _slots.WaitAsync(LongestWait).ConfigureAwait(false) ? new(_slots) : null;

    public void Dispose() => _slots.Dispose();
}
