using KvOrleans.Storage.Staging;
using KvOrleans.Wire;

namespace KvOrleans.Grains.Peers;

/// <summary>
/// Small writes to one life of a silo. The first leave at once; while the connections that may be used for them are busy the others collect, and
/// leave together: a system call and a wake-up on each side would cost more than the write itself. Thread-safe.
/// </summary>
internal sealed class PeerWriteQueue(PeerLink link, PeerOptions options, PeerCounters counters, TimeProvider time)
{
    // The other side decides as many at once on a connection, and more.
    private const int MostTogether = 64;
    private const int MostBytesTogether = 256 * 1024;

    private readonly Lock _gate = new();
    private readonly Queue<PeerWrite> _waiting = new();
    private int _senders;

    /// <summary>Sends a write; <paramref name="staged"/> stays the caller's, as it is, until the answer.</summary>
    public Task<PeerAnswer> WriteAsync(StagedBlock staged, Action<RespOutput> write)
    {
        var request = new PeerWrite(staged, write, time.GetTimestamp());
        lock (_gate)
        {
            if (_waiting.Count >= options.WaitingPerPeer)
            {
                Unsent(request);
                return request.Answered;
            }

            _waiting.Enqueue(request);
            if (_senders == options.SmallWritesPerPeer)
                return request.Answered;
            _senders++;
        }

        _ = SendAsync();
        return request.Answered;
    }

    /// <summary>Gives up what has waited for a connection for too long; nothing of it was sent.</summary>
    public void Expire()
    {
        lock (_gate)
        {
            while (_waiting.TryPeek(out var oldest) && time.GetElapsedTime(oldest.AskedAt) > options.ConnectTimeout)
                Unsent(_waiting.Dequeue());
        }
    }

    private void Unsent(PeerWrite write)
    {
        counters.Failed();
        write.Answer(new(PeerOutcome.Unreachable));
    }

    private async Task SendAsync()
    {
        List<PeerWrite> together = [];
        while (Take(together))
        {
            await SendAsync(together).ConfigureAwait(false);
            together.Clear();
        }
    }

    /// <returns>False when there is nothing to send: this sender has ended.</returns>
    private bool Take(List<PeerWrite> together)
    {
        lock (_gate)
        {
            for (var bytes = 0; together.Count < MostTogether && bytes < MostBytesTogether && _waiting.TryDequeue(out var write); bytes += write.Length)
                together.Add(write);
            if (together.Count == 0)
                _senders--;
            return together.Count > 0;
        }
    }

    /// <summary>Sends them and answers each, whatever happens.</summary>
    private async Task SendAsync(List<PeerWrite> together)
    {
        PeerConnection? connection = null;
        var mayHaveTakenEffect = false;
        var answered = 0;
        try
        {
            connection = await link.RentAsync(CancellationToken.None).ConfigureAwait(false);
            foreach (var write in together)
                write.WriteTo(connection.Output);
            mayHaveTakenEffect = true;
            connection.Expect(options.LongestDecision);
            await connection.Output.FlushAsync(CancellationToken.None).ConfigureAwait(false);
            for (; answered < together.Count; answered++)
                together[answered].Answer(await PeerDecisions.ReadAsync(connection).ConfigureAwait(false));
        }
        catch (Exception error) when (error is PeerUnreachableException || PeerErrors.IsBroken(error))
        {
            foreach (var write in together.Skip(answered))
            {
                counters.Failed();
                write.Answer(new(mayHaveTakenEffect ? PeerOutcome.Broken : PeerOutcome.Unreachable));
            }
        }
        catch (Exception error)
        {
            foreach (var write in together.Skip(answered))
                write.Fail(error);
        }
        finally
        {
            if (connection is not null)
                link.Return(connection, reusable: answered == together.Count);
        }
    }
}
