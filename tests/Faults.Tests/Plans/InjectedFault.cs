namespace KvOrleans.Faults.Tests.Plans;

/// <summary>A fault that happened, with its times on the history's clock.</summary>
internal sealed record InjectedFault(Fault Fault, long Began, long Ended)
{
    /// <summary>True when this fault keeps the silo itself from answering, so that asking another is the client's part.</summary>
    public bool Befalls(string silo) =>
        $"silo-{Fault.Silo}" == silo && Fault.Kind is (FaultKind.Kill or FaultKind.Terminate or FaultKind.Pause or FaultKind.CutFromClients or FaultKind.Isolate);
}
