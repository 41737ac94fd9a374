using KvOrleans.Grains.Registers;

namespace KvOrleans.Silo.Tests.Routing;

/// <summary>The silo's guard, before whose answers something may happen: the silo stands still there, and loses every key and has it back when it goes on.</summary>
internal sealed class InterruptedGuard(IRegisterGuard inner) : IRegisterGuard
{
    private int _lost;

    /// <summary>Called before each answer; true: all keys were lost and came back.</summary>
    public Func<bool>? Before { get; set; }

    public bool IsSettled => inner.IsSettled;

    public long Term => inner.Term + Volatile.Read(ref _lost);

    public bool MayAct(ReadOnlySpan<byte> key)
    {
        if (Before?.Invoke() == true)
            Interlocked.Increment(ref _lost);
        return inner.MayAct(key);
    }
}
