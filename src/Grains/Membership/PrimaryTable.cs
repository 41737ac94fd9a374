using System.Net;
using KvOrleans.Contracts.Blocks;
using Orleans.Runtime;

namespace KvOrleans.Grains.Membership;

/// <summary>The table in the memory of a primary silo: it is lost with that silo's life, which names it.</summary>
/// <param name="table">The table.</param>
/// <param name="primary">The primary's silo endpoint.</param>
/// <param name="isNew">This silo is the primary, and this is its process's first life.</param>
public sealed class PrimaryTable(IMembershipTable table, IPEndPoint primary, bool isNew) : ITableSource
{
    /// <inheritdoc/>
    public bool IsNew { get; } = isNew;

    /// <inheritdoc/>
    public async Task<TableReading> ReadAsync(CancellationToken cancellationToken)
    {
        var read = await table.ReadAllAsync(cancellationToken).ConfigureAwait(false);
        var keeper = read.Members.Select(member => member.Item1.SiloAddress).Where(silo => silo.Endpoint.Equals(primary)).MaxBy(silo => silo.Generation);
        // The primary writes the first row; before that there is nothing to read.
        return keeper is null ? throw new OrleansException("The primary is not in its own table yet.")
            : TableReading.Of(read, ((ulong)(uint)keeper.Generation << 32) | (uint)SiloLife.Of(keeper).Id);
    }
}
