using KvOrleans.Client.Connections;

namespace KvOrleans.Client.Routing;

/// <summary>The silos that are asked for a key: its owner, then the next in its holder order.</summary>
/// <param name="Owner">The owner; null when no silo is known.</param>
/// <param name="Second">The next; null when there is none or the key is a register.</param>
/// <param name="Third">The one after it.</param>
internal readonly record struct Holders(SiloLink? Owner, SiloLink? Second, SiloLink? Third)
{
    /// <summary>How many silos are asked for a key: the owner and two more.</summary>
    public const int Most = 3;

    /// <summary>The first that is not among <paramref name="tried"/>: one that answers before one that did not answer lately. Null when all were tried.</summary>
    /// <remarks>One that is passed over is tried with a connection beside the call, so that it is found out when it answers again.</remarks>
    public SiloLink? Next(ReadOnlySpan<SiloLink?> tried)
    {
        SiloLink? suspect = null;
        for (var rank = 0; rank < Most; rank++)
        {
            var link = rank switch { 0 => Owner, 1 => Second, _ => Third };
            if (link is null || tried.Contains(link))
                continue;
            if (link.Backoff.IsHealthy)
                return link;
            link.Pool.Probe();
            suspect ??= link;
        }

        return suspect;
    }
}
