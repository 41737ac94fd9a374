namespace KvOrleans.Faults.Tests.Plans;

/// <summary>One thing that goes wrong.</summary>
/// <param name="Kind">What.</param>
/// <param name="At">When it begins, after the workload began.</param>
/// <param name="Lasts">How long until it is over; a silo or Redis that was ended is started again then.</param>
/// <param name="Silo">The silo it befalls.</param>
/// <param name="Other">The other silo of a pair.</param>
/// <param name="OneWay">True when only what the first sends is lost.</param>
internal sealed record Fault(FaultKind Kind, TimeSpan At, TimeSpan Lasts, int Silo, int Other, bool OneWay)
{
    public override string ToString()
    {
        var who = Kind switch
        {
            FaultKind.Join => "",
            FaultKind.PauseRedis or FaultKind.KillRedis or FaultKind.LoseRedis => "",
            FaultKind.CutPair => $" silo-{Silo} {(OneWay ? "->" : "<->")} silo-{Other}",
            FaultKind.CutFromRedis or FaultKind.CutFromClients or FaultKind.CutFromSilos => $" silo-{Silo}{(OneWay ? " ->" : "")}",
            _ => $" silo-{Silo}",
        };
        return $"{Kind}{who} at {At.TotalSeconds:0.0} s{(Kind == FaultKind.Join ? "" : $" for {Lasts.TotalSeconds:0.0} s")}";
    }
}
