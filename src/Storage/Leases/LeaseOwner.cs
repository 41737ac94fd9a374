using System.Runtime.InteropServices;

namespace KvOrleans.Storage.Leases;

/// <summary>
/// The leases of one owner. A block that it leased many times counts once, so that many requests over one common prefix do not
/// use up its share.
/// </summary>
internal sealed class LeaseOwner
{
    private readonly Dictionary<ulong, Holding> _holdings = [];

    public long Id { get; set; }

    /// <summary>Pages of the contents it leased; one that has left the index counts until the lease ends.</summary>
    public long Pages { get; private set; }

    /// <summary>Leased positions, with repetitions.</summary>
    public int Held { get; private set; }

    public Lease? First { get; private set; }

    /// <summary>Holds a content once more; false when it is a new one and would go over <paramref name="mostPages"/>.</summary>
    public bool TryHold(ulong content, int pages, long mostPages)
    {
        ref var holding = ref CollectionsMarshal.GetValueRefOrAddDefault(_holdings, content, out var exists);
        if (!exists && Pages + pages > mostPages)
        {
            _holdings.Remove(content);
            return false;
        }

        if (!exists)
            Pages += pages;
        holding.Pages = pages;
        holding.Count++;
        Held++;
        return true;
    }

    public void LetGo(ulong content)
    {
        // Most are held once.
        _holdings.Remove(content, out var holding);
        Held--;
        if (--holding.Count > 0)
            _holdings.Add(content, holding);
        else
            Pages -= holding.Pages;
    }

    public void Add(Lease lease)
    {
        lease.NextOfOwner = First;
        if (First is not null)
            First.PreviousOfOwner = lease;
        First = lease;
    }

    public void Remove(Lease lease)
    {
        if (lease.PreviousOfOwner is { } previous)
            previous.NextOfOwner = lease.NextOfOwner;
        else
            First = lease.NextOfOwner;
        if (lease.NextOfOwner is { } next)
            next.PreviousOfOwner = lease.PreviousOfOwner;
        lease.NextOfOwner = lease.PreviousOfOwner = null;
    }

    private struct Holding
    {
        public int Count;
        public int Pages;
    }
}
