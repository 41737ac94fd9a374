using System.Net;
using KvOrleans.Client.Connections;
using KvOrleans.Client.News;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Heat;
using Microsoft.Extensions.Logging;

namespace KvOrleans.Client.Heat;

/// <summary>One silo's hot list and how much it has to do, as its news bring it. Thread-safe towards those who choose.</summary>
internal sealed partial class SiloHeat(IPEndPoint endpoint, Heating heating, ILogger logger) : ISiloNews
{
    private readonly Lock _gate = new();
    private readonly Dictionary<BlockKey, long> _readings = [];
    private HotQuestion? _question;
    private HotState? _current;
    private long _number;
    private long _sent;
    private long _asked;

    /// <summary>The list, to be looked at for its age; null when nothing is hot.</summary>
    public HotState? Current => Volatile.Read(ref _current);

    /// <inheritdoc/>
    public bool IsWanted => heating.IsEnabled && _question?.IsKnown != false;

    /// <summary>The bytes that the silo has to do with: sent lately, and asked for by this client since the silo said so.</summary>
    public long Load => Volatile.Read(ref _sent) + Volatile.Read(ref _asked);

    /// <summary>The silo is asked for so many bytes.</summary>
    public void Asked(long bytes) => Interlocked.Add(ref _asked, bytes);

    /// <summary>So much of a block that this silo owns was read near the client.</summary>
    public void ReadNear(BlockKey key, long bytes)
    {
        lock (_gate)
        {
            if (_readings.TryGetValue(key, out var before))
                _readings[key] = before + bytes;
            else if (_readings.Count < HotList.MostBlocks)
                _readings.Add(key, bytes);
        }
    }

    /// <inheritdoc/>
    public void Connected(SiloConnection connection) => _question = new(connection);

    /// <inheritdoc/>
    public async Task<bool> AskAsync(CancellationToken cancellationToken)
    {
        var readings = TakeReadings();
        var askedAt = heating.Clock.GetTimestamp();
        if (await _question!.AskAsync(_number, readings, cancellationToken).ConfigureAwait(false) is not { } reply)
            return false;
        Take(reply, askedAt);
        return false;
    }

    /// <summary>Puts a reply in place of the last.</summary>
    public void Take(in HotReply reply, long askedAt)
    {
        Volatile.Write(ref _sent, reply.SentBytes);
        Volatile.Write(ref _asked, 0);
        var state = reply.Blocks is { } blocks ? HotState.Of(blocks, askedAt) : _current is { } known ? known with { AskedAt = askedAt } : null;
        _number = reply.Number;
        Volatile.Write(ref _current, state);
        if (reply.Blocks is not null)
            heating.ListsChanged();
    }

    /// <inheritdoc/>
    public void Failed(string reason, bool isReported)
    {
        Drop();
        if (!isReported)
            LogBad(logger, endpoint, reason);
    }

    /// <inheritdoc/>
    public void Paused() => Drop();

    /// <inheritdoc/>
    public void Drop()
    {
        Volatile.Write(ref _current, null);
        _number = 0;
        heating.ListsChanged();
    }

    /// <summary>The silo is not in the map any more: whom it named stays known for a while.</summary>
    public void Left()
    {
        if (Current is { } state)
            heating.Former.Add(state, endpoint);
        heating.ListsChanged();
    }

    private List<NearReading> TakeReadings()
    {
        lock (_gate)
        {
            var taken = new List<NearReading>(Math.Min(_readings.Count, HotQuestion.MostReadings));
            foreach (var (key, bytes) in _readings)
            {
                if (taken.Count == HotQuestion.MostReadings)
                    break;
                taken.Add(new(key, bytes));
            }

            foreach (var reading in taken)
                _readings.Remove(reading.Key);
            return taken;
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "The hot list of the silo at {Endpoint} cannot be used: {Reason}. Its hot blocks are read from it alone until it can.")]
    private static partial void LogBad(ILogger logger, IPEndPoint endpoint, string reason);
}
