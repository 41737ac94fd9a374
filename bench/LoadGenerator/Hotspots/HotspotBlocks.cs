using System.Globalization;
using KvOrleans.Contracts.Blocks;
using KvOrleans.LoadGenerator.Payloads;

namespace KvOrleans.LoadGenerator.Hotspots;

/// <summary>The hot block, and others that connections and code are warmed up with: too many for any of them to be hot.</summary>
internal sealed class HotspotBlocks(int size, int others)
{
    /// <summary>Bytes of each of the others.</summary>
    public const int OtherSize = 64 << 10;

    /// <summary>The others on each silo: a block that is read no more than they are is below what makes one hot.</summary>
    public const int OthersPerSilo = 64;

    /// <summary>The hot block's key.</summary>
    public const string HotName = "kv:hotspot";

    private readonly PayloadPool _hot = new(size, 1);
    private readonly PayloadPool _others = new(OtherSize, others);

    public static BlockKey HotKey { get; } = BlockKey.From(HotName);

    public ReadOnlyMemory<byte> HotPayload => _hot.Of(0);

    public int Others => others;

    public static BlockKey OtherKey(int number) => BlockKey.From(string.Create(CultureInfo.InvariantCulture, $"kv:hotspot-other/{number:x4}"));

    public ReadOnlyMemory<byte> OtherPayload(int number) => _others.Of(number);

    public bool IsHot(ReadOnlySpan<byte> payload) => _hot.LooksLike(0, payload);
}
