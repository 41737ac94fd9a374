namespace KvOrleans.Client.Matching;

/// <summary>What one silo has leased of a match.</summary>
/// <param name="channel">The connection that it belongs to.</param>
/// <param name="id">Its name there.</param>
/// <param name="first">The position of the first block of the match that it keeps.</param>
/// <param name="positions">Where in the match the keys of its question lie, in order; null when the question was the match.</param>
/// <param name="until">When it ends, by the clock of the match's leases.</param>
internal sealed class MatchLease(LeaseChannel channel, long id, int first, int[]? positions, long until)
{
    /// <summary>The connection that it belongs to.</summary>
    public LeaseChannel Channel => channel;

    /// <summary>Its name there.</summary>
    public long Id => id;

    /// <summary>The position of the first block of the match that it keeps.</summary>
    public int First => first;

    /// <summary>When it ends.</summary>
    public long Until { get; set; } = until;

    /// <summary>Whether it has ended, or been released.</summary>
    public bool IsOver { get; set; }

    /// <summary>Ends it for the blocks at <paramref name="position"/> of the match and behind.</summary>
    public void ReleaseFrom(int position)
    {
        if (IsOver)
            return;
        IsOver = position <= first;
        var at = positions is null ? position : Array.BinarySearch(positions, position);
        var from = at < 0 ? ~at : at;
        if (positions is null || from < positions.Length)
            channel.Release(id, IsOver ? 0 : from);
    }
}
