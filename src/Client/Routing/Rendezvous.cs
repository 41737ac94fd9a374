using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Cluster;

namespace KvOrleans.Client.Routing;

/// <summary>Which silo owns a key: highest random weight over the silos' names.</summary>
/// <remarks>
/// The score of a silo is XXH3-64, seed 0, of the key id's 16 bytes (big-endian) followed by the UTF-8 bytes of the silo's name; the
/// highest score owns the key, the earlier name in a tie. Source: Thaler and Ravishankar, "A name-based mapping scheme for
/// rendezvous", 1996. All silos weigh the same here.
/// </remarks>
internal static class Rendezvous
{
    /// <summary>The index in <paramref name="map"/> of the silo that owns <paramref name="key"/>; -1 when the map is empty.</summary>
    public static int OwnerOf(BlockKey key, ClusterMap map) => map.Silos.Length switch
    {
        0 => -1,
        1 => 0,
        _ => OwnerOf(KeyId.Of(key.Span), map),
    };

    /// <inheritdoc cref="OwnerOf(BlockKey, ClusterMap)"/>
    public static int OwnerOf(KeyId id, ClusterMap map)
    {
        const int LongestOnStack = 256;
        Span<byte> input = stackalloc byte[16 + LongestOnStack];
        BinaryPrimitives.WriteUInt128BigEndian(input, id.Value);
        var owner = -1;
        ulong highest = 0;
        for (var i = 0; i < map.Silos.Length; i++)
        {
            var name = map.Silos[i].Name;
            var longest = 16 + Encoding.UTF8.GetMaxByteCount(name.Length);
            if (longest > input.Length)
            {
                var larger = new byte[longest];
                input[..16].CopyTo(larger);
                input = larger;
            }

            var count = Encoding.UTF8.GetBytes(name, input[16..]);
            var score = XxHash3.HashToUInt64(input[..(16 + count)]);
            if (owner >= 0 && score <= highest)
                continue;
            owner = i;
            highest = score;
        }

        return owner;
    }
}
