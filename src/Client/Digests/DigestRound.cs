using System.Net;
using KvOrleans.Contracts.Cluster;

namespace KvOrleans.Client.Digests;

/// <summary>The replies that bring a digest from one moment to a later one, put together.</summary>
/// <param name="askedAt">When the first question was sent.</param>
/// <param name="first">The first reply.</param>
internal sealed class DigestRound(long askedAt, in DigestPage first)
{
    private MapPosition? _map = first.Map;
    private IReadOnlyList<IPEndPoint> _pending = first.Pending;
    private long _last = first.Number;

    /// <summary>The number up to which the digest is known when all is there: what changed meanwhile has a later one.</summary>
    public long Number { get; } = first.Number;

    /// <summary>
    /// Adds a further reply. One of another map makes the digest say nothing of what is absent; a silo whose handoff was not done in one of the replies counts,
    /// for what it hands over may lie in a block that was read before.
    /// </summary>
    /// <exception cref="DigestException">Its number went back.</exception>
    public void Add(in DigestPage page)
    {
        if (page.Number < _last)
            throw new DigestException("its number went back");
        _last = page.Number;
        _map = page.Map == _map ? _map : null;
        if (page.Pending.Count > 0)
            _pending = [.. _pending.Union(page.Pending)];
    }

    /// <summary>What is known when all is there.</summary>
    public DigestState Conclude(DigestBits bits) => new(bits, _map, _pending, askedAt);
}
