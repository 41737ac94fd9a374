namespace KvOrleans.Silo.DataPlane.Routing;

/// <summary>One block may be on its way until this is disposed of.</summary>
internal sealed class FetchSlot(SemaphoreSlim slots) : IDisposable
{
    private int _isReturned;

    /// <summary>Harmless when repeated.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isReturned, 1) == 0)
            slots.Release();
    }
}
