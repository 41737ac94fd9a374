using System.Runtime.InteropServices;
using KvOrleans.Client.Connections;
using KvOrleans.Client.Routing;
using KvOrleans.Contracts.Blocks;

namespace KvOrleans.Client.Near;

/// <summary>A block in the near cache: native memory, freed when neither the cache nor a match nor a read has it any more. Thread-safe.</summary>
internal sealed unsafe class NearBlock
{
    private readonly NearCache _cache;
    private byte* _memory;
    private int _users = 1;
    private Place? _place;

    /// <summary>Copies <paramref name="bytes"/>; the first user is who made it.</summary>
    public NearBlock(NearCache cache, BlockKey key, BlockVersion version, BlockChecksum checksum, ReadOnlySpan<byte> bytes)
    {
        _cache = cache;
        Key = key;
        Version = version;
        Checksum = checksum;
        Length = bytes.Length;
        _memory = (byte*)NativeMemory.Alloc((nuint)bytes.Length);
        bytes.CopyTo(new(_memory, Length));
    }

    /// <summary>The block.</summary>
    public BlockKey Key { get; }

    /// <summary>Which content it is.</summary>
    public BlockVersion Version { get; }

    /// <summary>The content's checksum, as its silo said.</summary>
    public BlockChecksum Checksum { get; }

    /// <summary>Its bytes.</summary>
    public int Length { get; }

    /// <summary>How often it was read, which fades. Under the cache's lock.</summary>
    public int Uses { get; set; }

    /// <summary>When it was read last, counted in reads. Under the cache's lock.</summary>
    public long UsedAt { get; set; }

    /// <summary>The content, for who has pinned it.</summary>
    public ReadOnlySpan<byte> Bytes => new(_memory, Length);

    /// <summary>Whether the content is what it was.</summary>
    public bool IsWhole => BlockChecksum.Of(Bytes) == Checksum;

    /// <summary>The link to the key's owner in <paramref name="view"/>; looked for once a map.</summary>
    public SiloLink OwnerIn(ClusterView view)
    {
        if (Volatile.Read(ref _place) is not { } place || !ReferenceEquals(place.View, view))
            Volatile.Write(ref _place, place = new(view, view.OwnerOf(Key)!));
        return place.Owner;
    }

    /// <summary>Keeps the memory until <see cref="Unpin"/>. False when it is gone.</summary>
    public bool TryPin()
    {
        for (var users = Volatile.Read(ref _users); users > 0;)
        {
            var seen = Interlocked.CompareExchange(ref _users, users + 1, users);
            if (seen == users)
                return true;
            users = seen;
        }

        return false;
    }

    /// <summary>A user is done with it; the last one frees the memory.</summary>
    public void Unpin()
    {
        if (Interlocked.Decrement(ref _users) == 0)
            Free();
    }

    /// <summary>Frees the memory when the cache is its only user, on whose behalf it is called.</summary>
    public bool TryEnd()
    {
        if (Interlocked.CompareExchange(ref _users, 0, 1) != 1)
            return false;
        Free();
        return true;
    }

    private void Free()
    {
        NativeMemory.Free(_memory);
        _memory = null;
        _cache.Freed(Length);
    }

    private sealed record Place(ClusterView View, SiloLink Owner);
}
