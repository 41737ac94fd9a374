using System.Buffers;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Cluster;
using KvOrleans.Contracts.Placement;
using KvOrleans.Storage.Leases;

namespace KvOrleans.Silo.DataPlane.Routing;

/// <summary>The keys that a life owns in a map; what cannot be a key is everybody's. Hashes only when there are several silos.</summary>
internal readonly struct OwnedKeys(OwnerFinder owners, SiloLife life)
{
    /// <summary>The map's id.</summary>
    public long MapId => owners.Map.Id;

    /// <summary>Whether the key of that id is one.</summary>
    public bool Contains(KeyId key) => IsMine(owners.Find(key));

    /// <summary>Whether <paramref name="key"/> is one.</summary>
    public bool Contains(ReadOnlySpan<byte> key) => !BlockKey.IsValidLength(key.Length) || IsMine(owners.Find(key));

    /// <summary>Says of each key that is absent whether it is one; of the others false. They are placed together: a chain's tail may be thousands.</summary>
    public void FindAbsent(MatchKeys keys, ReadOnlySpan<KeyMatch> matches, Span<bool> owned)
    {
        owned.Clear();
        var ranges = ArrayPool<(int, int)>.Shared.Rent(matches.Length);
        var found = ArrayPool<int>.Shared.Rent(matches.Length);
        var count = 0;
        for (var i = 0; i < matches.Length; i++)
        {
            if (!matches[i].IsAbsent)
                continue;
            owned[i] = true;
            if (BlockKey.IsValidLength(keys.Ranges[i].Length))
                ranges[count++] = keys.Ranges[i];
        }

        owners.Find(keys.Buffer, ranges.AsSpan(0, count), found);
        for (int i = 0, next = 0; next < count; i++)
        {
            if (owned[i] && BlockKey.IsValidLength(keys.Ranges[i].Length))
                owned[i] = IsMine(found[next++]);
        }

        ArrayPool<int>.Shared.Return(found);
        ArrayPool<(int, int)>.Shared.Return(ranges);
    }

    private bool IsMine(int owner) => owner >= 0 && owners.Map.Silos[owner].Life == life;
}
