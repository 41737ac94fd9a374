using System.Net.Sockets;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Wire;
using KvOrleans.Wire.Connections;
using KvOrleans.Wire.Replies;

namespace KvOrleans.Grains.Peers;

/// <summary>One connection to another silo's data plane, used by one request at a time.</summary>
internal sealed class PeerConnection(Socket socket, TimeProvider time) : RespConnection(socket, new NetworkStream(socket, ownsSocket: true))
{
    private const int LongestText = 512;

    private readonly Arrivals _arrivals = new(socket);
    private long _progressAt;
    private long _patience;
    private bool _wasSilent;

    /// <summary>Whether a change is under way on it.</summary>
    public bool IsForChange { get; set; }

    /// <summary>Whether it was given up because the silo was silent for too long.</summary>
    public bool WasSilent => Volatile.Read(ref _wasSilent);

    /// <summary>From now on the silo owes something, and may be silent for <paramref name="patience"/>.</summary>
    public void Expect(TimeSpan patience)
    {
        Volatile.Write(ref _progressAt, time.GetTimestamp());
        Volatile.Write(ref _patience, patience.Ticks);
    }

    /// <summary>Something has arrived or was taken.</summary>
    public void Progressed() => Volatile.Write(ref _progressAt, time.GetTimestamp());

    /// <summary>The silo owes nothing.</summary>
    public void Rest() => Volatile.Write(ref _patience, 0);

    /// <summary>Ends the connection when the silo owes something and was silent for too long. For one thread.</summary>
    public void AbortWhenSilent()
    {
        var patience = Volatile.Read(ref _patience);
        if (patience == 0 || time.GetElapsedTime(Volatile.Read(ref _progressAt)).Ticks < patience)
            return;
        if (_arrivals.HaveChanged())
        {
            Progressed();
            return;
        }

        Volatile.Write(ref _wasSilent, true);
        Abort();
    }

    /// <summary>Reads a short text, simple or an error's.</summary>
    /// <exception cref="RespProtocolException">Something else is there.</exception>
    public async ValueTask<T> ReadTextAsync<T>(Func<ReadOnlySpan<byte>, T?> parse, CancellationToken cancellationToken)
        where T : struct
    {
        var line = await Replies.ReadLineAsync(cancellationToken).ConfigureAwait(false);
        Progressed();
        if (line.Type != RespReplyType.SimpleString || line.TextLength > LongestText || parse(Replies.Text) is not { } value)
            throw new RespProtocolException($"a {typeof(T).Name} was expected, a {line.Type} came");
        return value;
    }

    /// <inheritdoc/>
    /// <remarks>At once: what was not sent is not kept for a silo that is silent.</remarks>
    public override void Abort() => Socket.Close(0);

    /// <inheritdoc/>
    public override void Dispose()
    {
        Rest();
        base.Dispose();
    }
}
