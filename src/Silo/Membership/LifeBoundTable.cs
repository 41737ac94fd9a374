using KvOrleans.Grains.Membership;
using Orleans.Runtime;

namespace KvOrleans.Silo.Membership;

/// <summary>The membership table as Orleans sees it: a life that is over is told that it is dead, and writes nothing any more.</summary>
/// <remarks>
/// Orleans may not know yet, or cannot, as when the table is gone. It would go on trying to write its status for minutes while it stops, and into a table that began without it.
/// </remarks>
internal sealed class LifeBoundTable(IMembershipTable table, LifeEnd life, ILocalSiloDetails self) : IMembershipTable
{
    private volatile MembershipTableData? _last;

    public Task InitializeMembershipTableAsync(bool tryInitTableVersion, CancellationToken cancellationToken = default) =>
        table.InitializeMembershipTableAsync(tryInitTableVersion, cancellationToken);

    public Task DeleteMembershipTableEntriesAsync(string clusterId, CancellationToken cancellationToken = default) =>
        table.DeleteMembershipTableEntriesAsync(clusterId, cancellationToken);

    public Task CleanupDefunctSiloEntriesAsync(DateTimeOffset beforeDate, CancellationToken cancellationToken = default) =>
        life.IsOver ? Task.CompletedTask : table.CleanupDefunctSiloEntriesAsync(beforeDate, cancellationToken);

    public Task<MembershipTableData> ReadRowAsync(SiloAddress key, CancellationToken cancellationToken = default) =>
        life.IsOver ? Task.FromResult(Dead()) : table.ReadRowAsync(key, cancellationToken);

    public async Task<MembershipTableData> ReadAllAsync(CancellationToken cancellationToken = default)
    {
        if (life.IsOver)
            return Dead();
        try
        {
            return _last = await table.ReadAllAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception) when (life.IsOver)
        {
            return Dead();
        }
    }

    public Task<bool> InsertRowAsync(MembershipEntry entry, TableVersion tableVersion, CancellationToken cancellationToken = default) =>
        life.IsOver ? Task.FromResult(true) : table.InsertRowAsync(entry, tableVersion, cancellationToken);

    public Task<bool> UpdateRowAsync(MembershipEntry entry, string etag, TableVersion tableVersion, CancellationToken cancellationToken = default) =>
        life.IsOver ? Task.FromResult(true) : table.UpdateRowAsync(entry, etag, tableVersion, cancellationToken);

    public Task UpdateIAmAliveAsync(MembershipEntry entry, CancellationToken cancellationToken = default) =>
        life.IsOver ? Task.CompletedTask : table.UpdateIAmAliveAsync(entry, cancellationToken);

    public Task InitializeMembershipTable(bool tryInitTableVersion) => InitializeMembershipTableAsync(tryInitTableVersion);

    public Task DeleteMembershipTableEntries(string clusterId) => DeleteMembershipTableEntriesAsync(clusterId);

    public Task CleanupDefunctSiloEntries(DateTimeOffset beforeDate) => CleanupDefunctSiloEntriesAsync(beforeDate);

    public Task<MembershipTableData> ReadRow(SiloAddress key) => ReadRowAsync(key);

    public Task<MembershipTableData> ReadAll() => ReadAllAsync();

    public Task<bool> InsertRow(MembershipEntry entry, TableVersion tableVersion) => InsertRowAsync(entry, tableVersion);

    public Task<bool> UpdateRow(MembershipEntry entry, string etag, TableVersion tableVersion) => UpdateRowAsync(entry, etag, tableVersion);

    public Task UpdateIAmAlive(MembershipEntry entry) => UpdateIAmAliveAsync(entry);

    /// <summary>What was read last, with this life dead in it: for Orleans a newer table.</summary>
    private MembershipTableData Dead()
    {
        var last = _last ?? throw new OrleansException("This life ended before the membership table was read.");
        var own = new MembershipEntry { SiloAddress = self.SiloAddress, SiloName = self.Name, HostName = self.DnsHostName, Status = SiloStatus.Dead, SuspectTimes = [] };
        var rows = last.Members.Where(member => !member.Item1.SiloAddress.Equals(self.SiloAddress)).Append(Tuple.Create(own, last.Version.VersionEtag));
        return new([.. rows], last.Version.Next());
    }
}
