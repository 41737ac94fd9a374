using System.Threading.Tasks.Sources;

namespace KvOrleans.Wire.Sockets;

/// <summary>A read or a write of a <see cref="ReactorStream"/> that waits. One object serves one after the other.</summary>
/// <remarks>It begins and ends under its stream's gate; who waits is told outside of it.</remarks>
internal sealed class ReactorOperation(ReactorStream stream) : IValueTaskSource<int>, IValueTaskSource, IThreadPoolWorkItem
{
    private static readonly Action<object?, CancellationToken> Cancel =
        static (operation, token) => ((ReactorOperation)operation!).Stream.Cancel((ReactorOperation)operation, token);

    private ManualResetValueTaskSourceCore<int> _core;
    private CancellationTokenRegistration _cancellation;
    private Exception? _failure;

    /// <summary>Whose it is.</summary>
    public ReactorStream Stream => stream;

    /// <summary>Whether it waits.</summary>
    public bool IsPending { get; private set; }

    /// <summary>Where a read goes; empty when it asks only whether there is something.</summary>
    public Memory<byte> Destination { get; private set; }

    /// <summary>What is left to be written.</summary>
    public ReadOnlyMemory<byte> Source { get; set; }

    /// <summary>Names the present wait.</summary>
    public short Version => _core.Version;

    /// <summary>It waits from now on. A cancellation may end it before this returns.</summary>
    public void Begin(Memory<byte> destination, ReadOnlyMemory<byte> source, CancellationToken cancellationToken)
    {
        if (IsPending)
            throw new InvalidOperationException("One read and one write at a time.");
        _core.Reset();
        (Destination, Source) = (destination, source);
        IsPending = true;
        _cancellation = cancellationToken.UnsafeRegister(Cancel, this);
    }

    /// <summary>It no longer waits, and its memory is not touched any more.</summary>
    public void End()
    {
        IsPending = false;
        (Destination, Source) = (default, default);
    }

    /// <summary>Has who waited go on, here and now.</summary>
    public void Succeed(int count) => _core.SetResult(count);

    /// <summary>Has who waited fail, on the thread pool: the thread that ends a wait early is anybody's.</summary>
    public void Fail(Exception failure)
    {
        _failure = failure;
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    void IThreadPoolWorkItem.Execute()
    {
        var failure = _failure!;
        _failure = null;
        _core.SetException(failure);
    }

    /// <inheritdoc/>
    public int GetResult(short token)
    {
        // Behind this the token may be another call's: a cancellation that is being told of ends first.
        _cancellation.Dispose();
        _cancellation = default;
        return _core.GetResult(token);
    }

    void IValueTaskSource.GetResult(short token) => GetResult(token);

    /// <inheritdoc/>
    public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

    /// <inheritdoc/>
    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);
}
