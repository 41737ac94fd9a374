namespace KvOrleans.Client.Writing;

/// <summary>What has come of a write that was tried several times.</summary>
internal sealed class WriteProgress
{
    private BlockWriteOutcome _last;

    /// <summary>Whether an attempt may have taken effect of which nothing was heard.</summary>
    public bool MayHaveHappened { get; private set; }

    /// <summary>Whether the block is there, though not at a second silo.</summary>
    public bool IsStored { get; private set; }

    /// <summary>How often a silo said that the key has moved.</summary>
    public int Moves { get; set; }

    /// <summary>How often a silo refused what it may do later.</summary>
    public int Refusals { get; set; }

    /// <summary>How often the call waited.</summary>
    public int Pauses { get; set; }

    /// <summary>An attempt ended with <paramref name="outcome"/>; <paramref name="sent"/>: without an answer, after all of it was sent.</summary>
    public void Add(BlockWriteOutcome outcome, bool sent)
    {
        _last = outcome;
        IsStored |= outcome == BlockWriteOutcome.NotReplicated;
        MayHaveHappened |= sent || outcome == BlockWriteOutcome.Unknown;
    }

    /// <summary>How the call ends: nobody is told that nothing was written when an earlier attempt may have been, or was.</summary>
    public BlockWriteOutcome Conclude(bool isLate)
    {
        if (IsStored)
            return BlockWriteOutcome.NotReplicated;
        var outcome = MayHaveHappened && _last is (BlockWriteOutcome.Unavailable or BlockWriteOutcome.TryAgain) ? BlockWriteOutcome.Unknown : _last;
        return isLate && outcome == BlockWriteOutcome.Unknown ? BlockWriteOutcome.DeadlineExceeded : outcome;
    }
}
