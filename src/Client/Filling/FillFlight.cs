using KvOrleans.Contracts.Blocks;

namespace KvOrleans.Client.Filling;

/// <summary>One caller of this client sees to it that the blocks which it misses get here, for all who miss them. <see cref="FillFlights"/> guards it.</summary>
internal sealed class FillFlight(ReadOnlyMemory<BlockKey> keys)
{
    private TaskCompletionSource _turn = New();
    private bool _hasComputed;

    /// <summary>The blocks, in chain order.</summary>
    public ReadOnlyMemory<BlockKey> Keys { get; private set; } = keys;

    /// <summary>Those of them that another flight stands for already: it is that one which others wait for.</summary>
    public HashSet<BlockKey> Shared { get; } = [];

    /// <summary>Some of the blocks are here, or it is another caller's turn.</summary>
    public Task Turn => _turn.Task;

    /// <summary>Whether the caller went so far as to compute: what is not here then may never be. May be asked at any time.</summary>
    public bool HasComputed => Volatile.Read(ref _hasComputed);

    /// <summary>The caller computes all of the blocks.</summary>
    public void Computes() => Volatile.Write(ref _hasComputed, true);

    /// <summary>The first of the blocks are here; those who wait look for them, and go on waiting for the rest.</summary>
    public void Narrow(ReadOnlyMemory<BlockKey> left)
    {
        Keys = left;
        _turn.SetResult();
        _turn = New();
    }

    /// <summary>Lets those who wait go on.</summary>
    public void End() => _turn.SetResult();

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
