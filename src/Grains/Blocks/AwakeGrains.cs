namespace KvOrleans.Grains.Blocks;

/// <summary>Counts the block grains that are awake on this silo and refuses to wake more than the bound.</summary>
public sealed class AwakeGrains(int bound)
{
    private readonly Pulse _room = new();
    private int _count;

    /// <summary>How many are awake now.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>The most that may be awake at once.</summary>
    public int Bound { get; } = bound;

    internal bool TryEnter()
    {
        for (var count = Volatile.Read(ref _count); count < Bound;)
        {
            var seen = Interlocked.CompareExchange(ref _count, count + 1, count);
            if (seen == count)
                return true;
            count = seen;
        }

        return false;
    }

    /// <summary>Completes when fewer than <see cref="Bound"/> are awake, at once when they are; somebody else may take the room.</summary>
    public Task WaitForRoomAsync()
    {
        if (Count < Bound)
            return Task.CompletedTask;
        var room = _room.Next;

        // One that left before it could see who waits.
        return Count < Bound ? Task.CompletedTask : room;
    }

    internal void Leave()
    {
        Interlocked.Decrement(ref _count);
        _room.Beat();
    }
}
