using KvOrleans.Silo.DataPlane;

namespace KvOrleans.Silo.Health;

/// <summary>What the life of a whole silo tells of itself.</summary>
internal sealed class LifeSigns(Readiness readiness, DataPlaneServer dataPlane) : ILifeSigns
{
    public string? WhyNotReady() => readiness.WhyNot();

    public string? WhatEnded() => dataPlane.WhatEnded;

    public IEnumerable<Progress> Progress()
    {
        if (!dataPlane.IsOpen)
            yield break;
        yield return new("accepting connections", dataPlane.AcceptTurns, IsIdle: !dataPlane.HasWaitingConnection);
        // It takes the store's lock, as every read and write does.
        yield return new("the data plane's housekeeping", dataPlane.HousekeepingTurns);
    }
}
