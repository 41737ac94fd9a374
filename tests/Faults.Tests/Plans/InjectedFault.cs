using System.Diagnostics;

namespace KvOrleans.Faults.Tests.Plans;

/// <summary>A fault that happened, with its times on the history's clock.</summary>
internal sealed record InjectedFault(Fault Fault, long Began, long Ended)
{
    // Its connection to Redis has to be found dead and made anew.
    private static readonly TimeSpan UntilBack = TimeSpan.FromSeconds(10);

    /// <summary>True when this fault keeps the silo itself from answering, so that asking another is the client's part.</summary>
    public bool Befalls(string silo) =>
        $"silo-{Fault.Silo}" == silo && Fault.Kind is (FaultKind.Kill or FaultKind.Terminate or FaultKind.Pause or FaultKind.CutFromClients or FaultKind.Isolate or FaultKind.CutFromSilos);

    /// <summary>
    /// True when this fault keeps the silo from reading the membership table at some time between the two: it then goes on serving what it has to its own clients, and what
    /// was deleted meanwhile too, until it is back.
    /// </summary>
    public bool CutsOff(string silo, long from, long to) =>
        $"silo-{Fault.Silo}" == silo && Fault.Kind is (FaultKind.CutFromRedis or FaultKind.Isolate) && Began <= to && from - Ended <= UntilBack.TotalSeconds * Stopwatch.Frequency;
}
