namespace KvOrleans.Client.Connections;

/// <summary>A call that waits for a connection.</summary>
internal sealed class PoolWaiter
{
    private readonly TaskCompletionSource<SiloConnection> _served = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConnectionPool _pool;

    public PoolWaiter(ConnectionPool pool, bool isImpatient)
    {
        _pool = pool;
        IsImpatient = isImpatient;
        Node = new(this);
    }

    /// <summary>Its place in the queue.</summary>
    public LinkedListNode<PoolWaiter> Node { get; }

    /// <summary>Whether the call goes elsewhere when the silo is silent.</summary>
    public bool IsImpatient { get; }

    /// <summary>When the call began to wait, in <see cref="Environment.TickCount64"/>.</summary>
    public long Since { get; } = Environment.TickCount64;

    /// <summary>False when the call no longer waits.</summary>
    public bool TryServe(SiloConnection connection) => _served.TrySetResult(connection);

    /// <summary>There is no connection.</summary>
    public void Fail(NoConnectionException error) => _served.TrySetException(error);

    /// <summary>Waits to be served.</summary>
    public async ValueTask<SiloConnection> WaitAsync(CancellationToken cancellationToken)
    {
        await using var registration = cancellationToken.UnsafeRegister(
            static (waiter, token) => ((PoolWaiter)waiter!)._served.TrySetCanceled(token), this).ConfigureAwait(false);
        try
        {
            return await _served.Task.ConfigureAwait(false);
        }
        finally
        {
            if (!_served.Task.IsCompletedSuccessfully)
                _pool.Forget(this);
        }
    }
}
