using System.Runtime.CompilerServices;

namespace KvOrleans.Wire.Sockets;

/// <summary>To be awaited: what follows runs on the thread pool when this is a reactor's thread, else here and now.</summary>
/// <remarks>
/// Not a task: the pool could complete one before it is awaited, and the await would not leave the thread. The caller's synchronization context plays no
/// part, since none of its code has run on the thread.
/// </remarks>
internal readonly struct ReactorExit : ICriticalNotifyCompletion
{
    /// <summary>False when there is a thread to leave.</summary>
    public bool IsCompleted => !SocketReactor.IsOnThread;

    /// <summary>Itself.</summary>
    public ReactorExit GetAwaiter() => this;

    /// <summary>Nothing comes of it.</summary>
    public void GetResult()
    {
    }

    /// <inheritdoc/>
    public void OnCompleted(Action continuation) => ThreadPool.QueueUserWorkItem(static next => next(), continuation, preferLocal: false);

    /// <inheritdoc/>
    public void UnsafeOnCompleted(Action continuation) => ThreadPool.UnsafeQueueUserWorkItem(static next => next(), continuation, preferLocal: false);
}
