using KvOrleans.Contracts.Watching;

namespace KvOrleans.Silo.Watching;

/// <summary>Makes events of what has changed from one look to the next, once a second. Not thread-safe.</summary>
internal sealed class StatusEvents(EventBook events)
{
    // Copies after reuse are offered all the time; repair is what moves its own bytes, and it is done when none have moved for so many looks.
    private const int QuietLooks = 3;

    // How many blocks are hot may change with every look.
    private const int LooksBetweenHot = 5;

    private SiloCondition _last = new("", false, false, 0, 0, 0, false, 0);
    private bool _wereRegistersServed;
    private long? _repairFrom;
    private int _quiet;
    private int _hot;
    private int _hotTold = -LooksBetweenHot;
    private int _looks;

    /// <summary>The silo as it is now.</summary>
    public void Look(in SiloCondition now)
    {
        _looks++;
        if (now.NotReady is null != _last.NotReady is null)
            events.Add(now.NotReady is null ? SiloEventKind.Ready : SiloEventKind.NotReady, now.NotReady ?? "");
        if (now.IsCutOff != _last.IsCutOff)
            events.Add(now.IsCutOff ? SiloEventKind.CutOff : SiloEventKind.Reconnected);
        LookAtRegisters(now.ServesRegisters);
        LookAtRepair(now);
        if (now.HandoffPending > 0 != _last.HandoffPending > 0)
            events.Add(now.HandoffPending > 0 ? SiloEventKind.HandoffBegan : SiloEventKind.HandoffDone, count: now.HandoffPending);
        if (now.IsDraining && !_last.IsDraining)
            events.Add(SiloEventKind.DrainBegan);
        LookAtHeat(now.HotBlocks);
        _last = now;
    }

    /// <summary>A silo that begins has served none yet.</summary>
    private void LookAtRegisters(bool areServed)
    {
        if (areServed != _last.ServesRegisters && _wereRegistersServed)
            events.Add(areServed ? SiloEventKind.FenceHeld : SiloEventKind.FenceLapsed);
        _wereRegistersServed |= areServed;
    }

    private void LookAtRepair(in SiloCondition now)
    {
        var moved = now.RepairBytes - _last.RepairBytes;
        _quiet = moved > 0 ? 0 : _quiet + 1;
        if (_repairFrom is null && moved > 0)
        {
            _repairFrom = _last.RepairBytes;
            events.Add(SiloEventKind.RepairBegan, count: now.RepairPending);
        }
        else if (_repairFrom is { } from && _quiet >= QuietLooks)
        {
            _repairFrom = null;
            events.Add(SiloEventKind.RepairDone, count: now.RepairBytes - from);
        }
    }

    private void LookAtHeat(int hot)
    {
        if (hot == _hot || _looks - _hotTold < LooksBetweenHot)
            return;
        (_hot, _hotTold) = (hot, _looks);
        events.Add(SiloEventKind.HotChanged, count: hot);
    }
}
