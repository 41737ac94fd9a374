using KvOrleans.Contracts.Cluster;
using KvOrleans.Silo.Health;
using Orleans.Runtime;

namespace KvOrleans.Silo.Membership;

/// <summary>
/// Lets a silo become active only when no other has its name: the later of two lives under one name ends the earlier, and two processes under one name would end each other for ever. Who is there stays; who
/// comes waits, is not ready, and says why.
/// </summary>
/// <remarks>
/// A row whose silo is not heard of any more counts no longer: the heartbeat in it is looked at by how often it changes, since clocks of two machines differ. So a pod that is started again elsewhere waits until
/// the others have given up its former life, a few seconds, or when nobody is left to do so, until its heartbeats are missed.
/// </remarks>
internal sealed partial class NameGuard(string name, IMembershipTable table, ILocalSiloDetails self, SiloCourse course, TimeProvider time, ILogger<NameGuard> logger)
    : ILifecycleParticipant<ISiloLifecycle>
{
    /// <summary>Three heartbeats.</summary>
    internal static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private readonly Dictionary<SiloAddress, (DateTime Heartbeat, long Seen)> _others = [];

    public void Participate(ISiloLifecycle lifecycle) =>
        lifecycle.Subscribe(nameof(NameGuard), ServiceLifecycleStage.ApplicationServices + 1, WaitAsync, static _ => Task.CompletedTask);

    private async Task WaitAsync(CancellationToken cancellationToken)
    {
        var waited = false;
        while (await FindAsync(cancellationToken).ConfigureAwait(false) is { } other)
        {
            if (!waited)
            {
                LogTaken(name, other.Endpoint);
                course.Enter(SiloStage.Waiting, $"another silo at {other.Endpoint} has the name '{name}' (KvOrleans:SiloName), which is for one silo; this one waits until it is gone");
            }

            waited = true;
            await Task.Delay(Pause, time, cancellationToken).ConfigureAwait(false);
        }

        if (waited)
            course.Enter(SiloStage.Starting);
    }

    /// <summary>Who is active under this name elsewhere, and is heard of; null when nobody is.</summary>
    private async Task<SiloAddress?> FindAsync(CancellationToken cancellationToken)
    {
        var rows = await table.ReadAllAsync(cancellationToken).ConfigureAwait(false);
        return rows.Members.Select(member => member.Item1).FirstOrDefault(row =>
            row.Status == SiloStatus.Active && !row.SiloAddress.Endpoint.Equals(self.SiloAddress.Endpoint)
            && SiloIdentity.TryDecode(row.SiloName)?.Name == name && IsHeardOf(row))?.SiloAddress;
    }

    private bool IsHeardOf(MembershipEntry row)
    {
        if (!_others.TryGetValue(row.SiloAddress, out var last) || last.Heartbeat != row.IAmAliveTime)
            _others[row.SiloAddress] = last = (row.IAmAliveTime, time.GetTimestamp());
        return time.GetElapsedTime(last.Seen) < LongestSilence;
    }

    [LoggerMessage(LogLevel.Warning, "Another silo at {Other} has the name '{Name}' (KvOrleans:SiloName), which is for one silo. This one waits until it is gone.")]
    private partial void LogTaken(string name, System.Net.IPEndPoint other);
}
