namespace KvOrleans.Faults.Tests.Plans;

public class FaultPlanTests
{
    private static readonly FaultSettings Settings = new(1, 0, 3, 6, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(10), []);

    [Fact]
    public void Plan_OfOneSeed_IsAlwaysTheSame() =>
        Assert.Equal(FaultPlan.Create(7, Settings, canCut: true).Faults, FaultPlan.Create(7, Settings, canCut: true).Faults);

    [Fact]
    public void Plans_OfManySeeds_HaveEveryKindWithinTheirBounds()
    {
        var faults = Enumerable.Range(0, 500).SelectMany(seed => FaultPlan.Create(seed, Settings, canCut: true).Faults).ToList();

        Assert.Equal(Enum.GetValues<FaultKind>(), faults.Select(fault => fault.Kind).Distinct().Order());
        Assert.All(faults, fault => Assert.InRange(fault.At, TimeSpan.Zero, Settings.Begin));
        Assert.All(faults, fault => Assert.InRange(fault.Lasts, TimeSpan.FromSeconds(0.2), Settings.LongestPause));
        Assert.All(faults, fault => Assert.True(fault.Silo < 3 && fault.Other < 3 && fault.Silo != fault.Other));
    }

    [Fact]
    public void Plans_WithoutCuts_HaveNone() => Assert.DoesNotContain(
        Enumerable.Range(0, 500).SelectMany(seed => FaultPlan.Create(seed, Settings, canCut: false).Faults),
        fault => fault.Kind is FaultKind.CutPair or FaultKind.CutFromRedis or FaultKind.CutFromClients or FaultKind.Isolate or FaultKind.CutFromSilos);

    [Fact]
    public void Plans_OfChosenKinds_HaveOnlyThose() => Assert.All(
        Enumerable.Range(0, 100).SelectMany(seed => FaultPlan.Create(seed, Settings with { Kinds = [FaultKind.Pause] }, canCut: true).Faults),
        fault => Assert.Equal(FaultKind.Pause, fault.Kind));
}
