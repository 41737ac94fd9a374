using KvOrleans.Contracts.Cluster;
using KvOrleans.Grains.Membership;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace KvOrleans.Grains.Peers;

/// <summary>
/// Whether the other silos let this one in, found out once it is in the cluster: a silo with another data-plane password would join, and neither give nor get a block. It asks until one lets it in, or none
/// refuses. Who is in already stays as it is: it is the newcomer that is wrong.
/// </summary>
public sealed partial class PeerAccess(IClusterMapSource map, PeerOptions options, TimeProvider time, ILogger<PeerAccess> logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly PeerDialer _dialer = new(options, time);
    private volatile bool _isKnown;
    private volatile string? _refusedBy;

    /// <summary>Whether all others were asked once.</summary>
    public bool IsKnown => _isKnown;

    /// <summary>A silo that refuses this one's password while no other lets it in; null when none does.</summary>
    public string? RefusedBy => _refusedBy;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (await IsRefusedAsync(stoppingToken).ConfigureAwait(false))
            await Task.Delay(Pause, time, stoppingToken).ConfigureAwait(false);
    }

    private async Task<bool> IsRefusedAsync(CancellationToken cancellationToken)
    {
        var others = map.Current.Silos.Where(silo => silo.Life != map.Life).ToArray();
        var answers = await Task.WhenAll(others.Select(silo => AskAsync(silo, cancellationToken))).ConfigureAwait(false);
        var refusal = answers.Contains(Answer.LetIn) ? -1 : Array.IndexOf(answers, Answer.Refused);
        var by = refusal < 0 ? null : others[refusal].Name;
        if (by is not null && _refusedBy is null)
            LogRefused(by);
        _refusedBy = by;
        _isKnown = true;
        return by is not null;
    }

    private async Task<Answer> AskAsync(SiloDescriptor silo, CancellationToken cancellationToken)
    {
        try
        {
            using var connection = await _dialer.DialAsync(silo.DataPlane, cancellationToken).ConfigureAwait(false);
            return Answer.LetIn;
        }
        catch (PeerUnreachableException error)
        {
            return error.IsRefusal ? Answer.Refused : Answer.None;
        }
    }

    [LoggerMessage(LogLevel.Error, "The silo {Peer} refuses this silo's data-plane password (KvOrleans:DataPlane:Password), which must be the same on all silos. This silo is not ready.")]
    private partial void LogRefused(string peer);

    private enum Answer
    {
        None,
        LetIn,
        Refused,
    }
}
