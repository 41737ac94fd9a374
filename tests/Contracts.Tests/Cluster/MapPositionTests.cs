using System.Text;
using KvOrleans.Contracts.Cluster;

namespace KvOrleans.Contracts.Tests.Cluster;

public sealed class MapPositionTests
{
    [Theory]
    [InlineData(1, 2, 3, "0000000000000001 2 0000000000000003")]
    [InlineData(ulong.MaxValue, long.MaxValue, 0x1f, "ffffffffffffffff 9223372036854775807 000000000000001f")]
    public void Encode_IsPinnedAndReadAgain(ulong incarnation, long id, ulong digest, string text)
    {
        var position = new MapPosition(incarnation, id, digest);

        Assert.Equal(text, position.Encode());
        Assert.True(MapPosition.TryDecode(Encoding.ASCII.GetBytes(text), out var decoded));
        Assert.Equal(position, decoded);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("1 2 3")]
    [InlineData("0000000000000001  0000000000000003")]
    [InlineData("0000000000000001 x 0000000000000003")]
    [InlineData("0000000000000001 2x 0000000000000003")]
    [InlineData("000000000000000g 2 0000000000000003")]
    [InlineData("0000000000000001 2 000000000000000g")]
    [InlineData("0000000000000001 2-0000000000000003")]
    public void TryDecode_OfAnythingElse_IsFalse(string text) => Assert.False(MapPosition.TryDecode(Encoding.ASCII.GetBytes(text), out _));
}
