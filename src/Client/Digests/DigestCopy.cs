namespace KvOrleans.Client.Digests;

/// <summary>A silo's digest as its replies have brought it. One thread puts it together; others read <see cref="Current"/>.</summary>
internal sealed class DigestCopy(DigestBudget budget)
{
    private DigestState? _current;
    private DigestBits? _bits;
    private DigestBits? _former;
    private DigestRound? _round;

    /// <summary>What is known of the digest; null when it is not whole.</summary>
    public DigestState? Current => Volatile.Read(ref _current);

    /// <summary>The filter to ask for; 0 for any.</summary>
    public ulong Generation => _bits?.Generation ?? 0;

    /// <summary>The change up to which all is known.</summary>
    public long Since { get; private set; }

    /// <summary>The block from which on is to be asked.</summary>
    public int First { get; private set; }

    /// <summary>Puts a reply in its place.</summary>
    /// <param name="page">The reply.</param>
    /// <param name="askedAt">When it was asked for.</param>
    /// <returns>True when that was all, and <see cref="Current"/> is of this round.</returns>
    /// <exception cref="DigestException">The reply contradicts what is known, or there is no room for it.</exception>
    public bool Take(in DigestPage page, long askedAt)
    {
        if (_bits is null || page.Generation != _bits.Generation)
            Replace(page);
        else if (page.Blocks != _bits.Blocks)
            throw new DigestException("it has other blocks under the same generation");
        if (page.Number < Since)
            throw new DigestException("its number went back");
        if (_round is null)
            _round = new(askedAt, page);
        else
            _round.Add(page);
        if (page.Next > 0 && page.Next <= First)
            throw new DigestException("its next block does not lie behind those that came");
        if (!_bits!.TryChange(page.Changes.Span, First, page.Next > 0 ? page.Next : page.Blocks))
            throw new DigestException("its changes are not ascending, or not where they were asked for");
        First = page.Next;
        if (First > 0)
            return false;
        Since = _round.Number;
        Volatile.Write(ref _current, _round.Conclude(_bits));
        _round = null;
        Forget(ref _former);
        return true;
    }

    /// <summary>The rest of a round will not come: the next begins where the last whole one ended.</summary>
    public void Interrupt() => (_round, First) = (null, 0);

    /// <summary>Forgets the digest.</summary>
    public void Drop()
    {
        Interrupt();
        Volatile.Write(ref _current, null);
        Forget(ref _bits);
        Forget(ref _former);
        Since = 0;
    }

    /// <summary>Begins with another filter of the silo. The last whole one is good until then, while there is room for both.</summary>
    private void Replace(in DigestPage page)
    {
        Interrupt();
        Since = 0;
        if (_current is null || _current.Bits != _bits)
            Forget(ref _bits);
        else
            (_former, _bits) = (_bits, null);
        var bytes = DigestBits.BytesFor(page.Blocks);
        if (!budget.TryTake(bytes))
        {
            Drop();
            if (!budget.TryTake(bytes))
                throw new DigestException($"there is no room for its {bytes} bytes beside the others");
        }

        _bits = new(page.Generation, page.Blocks);
    }

    private void Forget(ref DigestBits? bits)
    {
        if (bits is not null)
            budget.GiveBack(DigestBits.BytesFor(bits.Blocks));
        bits = null;
    }
}
