using KvOrleans.Contracts.Watching;
using KvOrleans.Probes.Clocks;
using KvOrleans.Silo.Tests.Hosting;
using KvOrleans.Silo.Watching;

namespace KvOrleans.Silo.Tests.Watching;

public sealed class StatusEventsTests
{
    private static readonly SiloCondition Calm = new(null, false, true, 0, 0, 0, false, 0);

    private readonly EventBook _book = new(new ManualTimeProvider());
    private readonly StatusEvents _events;

    public StatusEventsTests()
    {
        _events = new(_book);
        _events.Look(Calm);
    }

    private SiloEventKind[] Kinds => [.. _book.After(1).Select(one => one.Kind)];

    [Fact]
    public void Look_AtASiloThatBecameReady_SaysSoOnce()
    {
        _events.Look(Calm);

        Assert.Equal([SiloEventKind.Ready], _book.After(0).Select(one => one.Kind));
    }

    [Fact]
    public void Look_AtChanges_MakesAnEventOfEach()
    {
        _events.Look(Calm with { NotReady = "it is away", IsCutOff = true, ServesRegisters = false, HandoffPending = 2 });
        _events.Look(Calm);
        _events.Look(Calm with { IsDraining = true });

        Assert.Equal(
            [
                SiloEventKind.NotReady, SiloEventKind.CutOff, SiloEventKind.FenceLapsed, SiloEventKind.HandoffBegan,
                SiloEventKind.Ready, SiloEventKind.Reconnected, SiloEventKind.FenceHeld, SiloEventKind.HandoffDone, SiloEventKind.DrainBegan,
            ],
            Kinds);
    }

    [Fact]
    public void Look_AtCopiesAfterReuse_IsNoRepair()
    {
        for (var i = 0; i < 10; i++)
            _events.Look(Calm with { RepairPending = i % 2 });

        Assert.Empty(Kinds);
    }

    [Fact]
    public void Look_AtARepairWithPauses_SaysItOnceWithItsBytes()
    {
        foreach (var moved in (int[])[10, 20, 20, 50, 50, 50, 50])
            _events.Look(Calm with { RepairBytes = moved, RepairPending = 3 });

        var events = _book.After(1);
        Assert.Equal([SiloEventKind.RepairBegan, SiloEventKind.RepairDone], events.Select(one => one.Kind));
        Assert.Equal([3, 50], events.Select(one => one.Count));
    }

    [Fact]
    public void Look_AtHeatThatFlickers_TellsItNowAndThen()
    {
        for (var i = 0; i < 20; i++)
            _events.Look(Calm with { HotBlocks = i % 2 });

        Assert.InRange(Kinds.Length, 1, 4);
        Assert.All(Kinds, kind => Assert.Equal(SiloEventKind.HotChanged, kind));
    }
}
