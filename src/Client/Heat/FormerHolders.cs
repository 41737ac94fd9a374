using System.Net;
using KvOrleans.Contracts.Blocks;

namespace KvOrleans.Client.Heat;

/// <summary>Whom silos had named as holders of their hot blocks before they left the map, for a while: the blocks do not all fall on their new owners. Thread-safe.</summary>
internal sealed class FormerHolders(TimeProvider clock)
{
    /// <summary>For how long they are known.</summary>
    public static readonly TimeSpan Span = TimeSpan.FromSeconds(10);

    // Of so many silos, the last that left.
    private const int Most = 8;

    private readonly Lock _gate = new();
    private readonly long _span = (long)(Span.TotalSeconds * clock.TimestampFrequency);
    private List[]? _lists;

    /// <summary>Whether a silo has left lately.</summary>
    public bool IsAnyKnown => Volatile.Read(ref _lists) is not null;

    /// <summary>The silo at <paramref name="gone"/> has left the map, with this list. One that was old by then says nothing.</summary>
    public void Add(HotState state, IPEndPoint gone)
    {
        var now = clock.GetTimestamp();
        if (now - state.AskedAt >= _span)
            return;
        var blocks = new Dictionary<BlockKey, HotEntry>();
        foreach (var (key, entry) in state.Blocks)
        {
            if (entry.Without(gone) is { } others)
                blocks.Add(key, others);
        }

        lock (_gate)
        {
            var kept = (_lists ?? []).Where(list => now < list.Until).TakeLast(Most - 1);
            Volatile.Write(ref _lists, [.. kept, new(blocks, now + _span)]);
        }
    }

    /// <summary>Who held a block; null when nobody is known. Costs a look while no silo has left.</summary>
    public HotEntry? Find(BlockKey key)
    {
        if (Volatile.Read(ref _lists) is not { } lists)
            return null;
        var now = clock.GetTimestamp();
        var isOver = true;
        for (var i = lists.Length - 1; i >= 0; i--)
        {
            if (now >= lists[i].Until)
                continue;
            isOver = false;
            if (lists[i].Blocks.TryGetValue(key, out var entry))
                return entry;
        }

        if (isOver)
            Interlocked.CompareExchange(ref _lists, null, lists);
        return null;
    }

    private sealed record List(Dictionary<BlockKey, HotEntry> Blocks, long Until);
}
