using System.Runtime.CompilerServices;
using KvOrleans.Client.Connections;

namespace KvOrleans.Client.Routing;

/// <summary>The silos that may be asked for a key: its owner, then all others in its holder order, for a copy lies where the order was when it was made.</summary>
internal struct Holders
{
    /// <summary>How many silos may be asked for a key: the owner and seven more.</summary>
    public const int Most = 8;

    private Places _places;

    /// <summary>How many there are: none when no silo is known, one when it is the only silo or the key is a register.</summary>
    public int Count { get; private set; }

    /// <summary>The owner; null when no silo is known.</summary>
    public readonly SiloLink? Owner => _places[0];

    /// <summary>Adds the next in the order; there must be room.</summary>
    public void Add(SiloLink link) => _places[Count++] = link;

    /// <summary>The first that is not among <paramref name="tried"/>: one that answers before one that did not answer lately. Null when all were tried.</summary>
    /// <remarks>One that is passed over is tried with a connection beside the call, so that it is found out when it answers again.</remarks>
    public readonly SiloLink? Next(ReadOnlySpan<SiloLink?> tried)
    {
        SiloLink? suspect = null;
        for (var rank = 0; rank < Count; rank++)
        {
            var link = _places[rank]!;
            if (tried.Contains(link))
                continue;
            if (link.Backoff.IsHealthy)
                return link;
            link.Pool.Probe();
            suspect ??= link;
        }

        return suspect;
    }

    [InlineArray(Most)]
    private struct Places
    {
        private SiloLink? _first;
    }
}
