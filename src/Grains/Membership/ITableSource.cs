namespace KvOrleans.Grains.Membership;

/// <summary>Reads the membership table and what tells it from a lost one, as of one moment.</summary>
public interface ITableSource
{
    /// <summary>Whether no life before this one can have been in the table, nor in one that was lost before it.</summary>
    bool IsNew => false;

    /// <summary>Reads it.</summary>
    /// <exception cref="Exception">It cannot be read, or changed hands meanwhile.</exception>
    Task<TableReading> ReadAsync(CancellationToken cancellationToken);
}
