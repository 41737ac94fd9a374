using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace KvOrleans.Contracts.Blocks;

/// <summary>One run of a silo process. A restart is a new life under the same name.</summary>
/// <param name="Id">The first 64 bits of SHA-256 of the silo's Orleans address with its generation; 0 names no life.</param>
[GenerateSerializer, Immutable, Alias("KvOrleans.SiloLife")]
public readonly record struct SiloLife([property: Id(0)] ulong Id) : IComparable<SiloLife>
{
    /// <summary>The life of the silo with this Orleans address, which holds its generation.</summary>
    public static SiloLife Of(SiloAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        var digest = SHA256.HashData(Encoding.UTF8.GetBytes(address.ToParsableString()));
        return new(BinaryPrimitives.ReadUInt64BigEndian(digest));
    }

    /// <inheritdoc/>
    public int CompareTo(SiloLife other) => Id.CompareTo(other.Id);

    /// <summary>16 lower-case hex digits.</summary>
    public override string ToString() => Id.ToString("x16", CultureInfo.InvariantCulture);
}
