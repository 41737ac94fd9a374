using System.Collections.Concurrent;

namespace KvOrleans.Wire.Sockets;

/// <summary>
/// Threads of this library that wait for sockets and on which what waited goes on, so that receiving a large payload does not pass through the
/// thread pool for each of its parts. Thread-safe.
/// </summary>
/// <remarks>
/// <para>
/// All threads wait for all sockets. An event goes to one of them, the one that began to wait last, and no thread takes a second event before it
/// is done with the first: a slow one holds up its own connection while another thread waits. A socket has one event under way at most.
/// </para>
/// <para>
/// A thread that finds bytes, or room for them, whenever it asks gives the others their turn after <see cref="BytesPerTurn"/>. Whatever is not this
/// library's, or may block, calls <see cref="Leave"/> first.
/// </para>
/// <para>
/// A payload's checksum is taken on the thread that receives it, part by part: each part is still in that core's cache, and costs a fraction of what
/// copying it out of the socket did. Elsewhere it would be read from memory once more, after the hop that the threads are there to save. It holds up the
/// others no longer than receiving does, for the turn bounds both.
/// </para>
/// <para>The threads live as long as the process. While no socket has anything to tell they sleep in the kernel and cost nothing.</para>
/// </remarks>
internal sealed class SocketReactor
{
    /// <summary>What is received and sent between two waits at the most, in bytes, before other sockets have their turn.</summary>
    public const int BytesPerTurn = 4 << 20;

    // One thread receives several GB/s; more of them than this would only contend for memory.
    private const int MostThreads = 8;

    private const string InlineCompletions = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    private static readonly Lazy<SocketReactor?> Lazily = new(static () => StartFor(Environment.GetEnvironmentVariable(InlineCompletions)));

    [ThreadStatic]
    private static bool _isReactorThread;

    [ThreadStatic]
    private static int _movedThisTurn;

    private readonly ConcurrentDictionary<long, ReactorStream> _streams = new();
    private long _lastId;

    private SocketReactor(int instance) => Instance = instance;

    /// <summary>
    /// The process's reactor, started by the first use; null where the system has none, and where the node has asked the runtime to complete sockets
    /// inline, which saves the hop to the pool too.
    /// </summary>
    public static SocketReactor? Shared => Lazily.Value;

    /// <summary>Whether this is a reactor's thread.</summary>
    public static bool IsOnThread => _isReactorThread;

    /// <summary>False when this is a reactor's thread and its turn is over.</summary>
    public static bool MayGoOn => _movedThisTurn < BytesPerTurn;

    /// <summary>The streams that have waited and are not closed.</summary>
    public int Count => _streams.Count;

    /// <summary>The epoll instance.</summary>
    public int Instance { get; }

    /// <summary>The reactor of a node whose variable for inline completions is <paramref name="inlineCompletions"/>. The runtime takes nothing but 1 for yes.</summary>
    public static SocketReactor? StartFor(string? inlineCompletions) =>
        inlineCompletions == "1" ? null : TryStart(Math.Clamp(Environment.ProcessorCount, 2, MostThreads));

    /// <summary>Starts a reactor of its own; null where the system has none.</summary>
    public static SocketReactor? TryStart(int threads)
    {
        if (!Epoll.TryCreate(out var instance))
            return null;
        var reactor = new SocketReactor(instance);
        for (var i = 0; i < threads; i++)
            new Thread(reactor.Run) { IsBackground = true, Name = "KvOrleans sockets" }.UnsafeStart();
        return reactor;
    }

    /// <summary>Awaited, goes on on the thread pool when this is a reactor's thread, else at once.</summary>
    public static ReactorExit Leave() => default;

    /// <summary>Counts what was received or sent towards the thread's turn.</summary>
    public static void Moved(int bytes)
    {
        if (_isReactorThread)
            _movedThisTurn += bytes;
    }

    /// <summary>Gives <paramref name="stream"/> a name for its events, which no other gets after it.</summary>
    public long Register(ReactorStream stream)
    {
        var id = Interlocked.Increment(ref _lastId);
        _streams[id] = stream;
        return id;
    }

    /// <summary>Events under this name that are still on their way are nobody's.</summary>
    public void Forget(long id) => _streams.TryRemove(id, out _);

    private void Run()
    {
        _isReactorThread = true;
        while (true)
        {
            if (!Epoll.Wait(Instance, out var id, out var events) || !_streams.TryGetValue(id, out var stream))
                continue;
            _movedThisTurn = 0;
            stream.Ready(events);
        }
    }
}
