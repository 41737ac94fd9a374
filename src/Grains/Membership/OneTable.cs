namespace KvOrleans.Grains.Membership;

/// <summary>A table that lives as long as anybody who reads it, as that of silos in one process.</summary>
internal sealed class OneTable(IMembershipTable table) : ITableSource
{
    public async Task<TableReading> ReadAsync(CancellationToken cancellationToken) =>
        TableReading.Of(await table.ReadAllAsync(cancellationToken).ConfigureAwait(false), incarnation: 1);
}
