using System.Threading.Channels;

namespace KvOrleans.Client.Reading;

/// <summary>Tells in chain order which blocks of a read are whole and verified, while several connections read them in any order. Thread-safe; one listens.</summary>
/// <remarks>Who listens goes on on the thread pool, not where a block came in.</remarks>
internal sealed class ReadProgress(int count)
{
    private readonly Lock _gate = new();
    private readonly bool[] _isRead = new bool[count];
    private readonly Channel<int> _ready = Channel.CreateBounded<int>(new BoundedChannelOptions(count) { SingleReader = true });
    private int _next;

    /// <summary>The blocks before which nothing is missing, in order. It ends with the read.</summary>
    public ChannelReader<int> Ready => _ready.Reader;

    /// <summary>Block <paramref name="index"/> is whole and verified; nothing is written into its memory any more.</summary>
    public void Read(int index)
    {
        lock (_gate)
        {
            _isRead[index] = true;
            while (_next < count && _isRead[_next])
                _ready.Writer.TryWrite(_next++);
        }
    }

    /// <summary>The read has ended.</summary>
    public void End() => _ready.Writer.TryComplete();
}
