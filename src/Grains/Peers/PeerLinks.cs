using System.Collections.Concurrent;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Cluster;
using KvOrleans.Grains.Membership;
using Microsoft.Extensions.Logging;

namespace KvOrleans.Grains.Peers;

/// <summary>A link to each life of a silo that was asked for. Links of lives that left the map are closed, and requests of silent silos given up. Thread-safe.</summary>
public sealed partial class PeerLinks : IDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(250);

    private readonly ConcurrentDictionary<SiloLife, PeerLink> _links = [];
    private readonly IClusterMapSource _map;
    private readonly PeerDialer _dialer;
    private readonly TimeProvider _time;
    private readonly ILogger<PeerLinks> _logger;
    private readonly ITimer _looking;
    private int _isLooking;
    private volatile bool _isClosed;

    /// <summary>Makes links of this silo.</summary>
    public PeerLinks(IClusterMapSource map, PeerOptions options, PeerCounters counters, TimeProvider time, ILogger<PeerLinks> logger)
    {
        ArgumentNullException.ThrowIfNull(time);
        _map = map;
        Options = options;
        Counters = counters;
        _time = time;
        _logger = logger;
        _dialer = new(options, time);
        _looking = time.CreateTimer(static links => ((PeerLinks)links!).LookAfter(), this, Look, Look);
    }

    internal PeerOptions Options { get; }

    internal PeerCounters Counters { get; }

    internal TimeProvider Time => _time;

    /// <summary>The link to a silo's life.</summary>
    internal PeerLink To(SiloDescriptor silo)
    {
        if (_links.TryGetValue(silo.Life, out var link))
            return link;
        link = _links.GetOrAdd(silo.Life, _ => new PeerLink(silo, _dialer, Options, Counters, _time, _logger));
        if (_isClosed)
            link.Dispose();
        return link;
    }

    /// <summary>Ends every connection.</summary>
    public void Dispose()
    {
        _isClosed = true;
        _looking.Dispose();
        foreach (var link in _links.Values)
            link.Dispose();
    }

    private void LookAfter()
    {
        if (Interlocked.Exchange(ref _isLooking, 1) == 1)
            return;
        try
        {
            var map = _map.Current;
            foreach (var (life, link) in _links)
            {
                link.AbortSilent();
                var isMapped = map.IndexOf(life) >= 0;
                link.WasMapped |= isMapped;
                // A life that is not in the map yet may be one that this silo is about to hear of.
                if (isMapped || (!link.WasMapped && !link.IsIdle))
                    continue;
                _links.TryRemove(life, out _);
                link.Dispose();
            }
        }
        catch (Exception error)
        {
            LogNotLookedAfter(_logger, error);
        }
        finally
        {
            Volatile.Write(ref _isLooking, 0);
        }
    }

    [LoggerMessage(2, LogLevel.Error, "Connections to other silos could not be looked after; it is tried again.")]
    private static partial void LogNotLookedAfter(ILogger logger, Exception error);
}
