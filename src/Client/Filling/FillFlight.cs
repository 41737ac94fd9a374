using KvOrleans.Contracts.Blocks;

namespace KvOrleans.Client.Filling;

/// <summary>One caller of this client sees to it that a block gets here, for all who miss it.</summary>
internal sealed class FillFlight(BlockKey key)
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The block.</summary>
    public BlockKey Key => key;

    /// <summary>The block is here, or it is another caller's turn.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Lets those who wait go on.</summary>
    public void End() => _ended.TrySetResult();
}
