using System.Text;
using CsCheck;
using KvOrleans.Contracts.Blocks;

namespace KvOrleans.Contracts.Tests.Blocks;

public class KeyIdTests
{
    // From python: hashlib.sha256(struct.pack(">I", len(tenant)) + tenant + key).hexdigest()[:32]
    [Theory]
    [InlineData("default", "kv:model/0123", "1f64f1b0fd16ca87ed99b11e72f2f5f4")]
    [InlineData("default", "a", "6333220116368f50e899bf00711cf617")]
    [InlineData("tenant-ü", "a", "8cd127fb30c53b6b53af123cff642e15")]
    [InlineData("defaulta", "b", "35c24c263e2efbd95ff43f544db2a27b")]
    [InlineData("default", "ab", "821e29b176d85df4956b29a780e08614")]
    public void Of_KeyOfTenant_IsPinned(string tenant, string key, string id) =>
        Assert.Equal(id, KeyId.Of(Encoding.UTF8.GetBytes(key), tenant).ToString());

    [Fact]
    public void Of_LongestKeyOfAllBytes_IsPinned() =>
        Assert.Equal("658912f6dafe6bd20b582c1cb9e0b2c9", KeyId.Of([.. Enumerable.Range(0, BlockKey.MaxLength).Select(i => (byte)i)]).ToString());

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(100)]
    public void Of_ManyKeysOfOneLength_AreTheIdsOfEach(int count) =>
        AssertIdsOfEach([.. Enumerable.Range(0, count).Select(i => BlockKey.From($"kv:0123456789abcdef/{i:x64}"))]);

    [Fact]
    public void Of_ManyKeysOfAllLengths_AreTheIdsOfEach()
    {
        var lengths = Enumerable.Range(1, BlockKey.MaxLength).ToArray();
        BlockKey[] ascending = [.. lengths.Select(length => KeyOf(length))];
        AssertIdsOfEach(ascending);
        AssertIdsOfEach([.. lengths.Select(length => KeyOf(length * 37 % BlockKey.MaxLength + 1))]);
    }

    [Fact]
    public void Of_LessRoomThanKeys_IsRefused() =>
        Assert.Throws<ArgumentException>("ids", () => KeyId.Of([KeyOf(1), KeyOf(2)], new KeyId[1]));

    [Fact]
    public void Of_NoTenantGiven_IsTheDefault() => Assert.Equal(KeyId.Of("a"u8, KeyId.DefaultTenant), KeyId.Of("a"u8));

    [Fact]
    public void Of_KeyOrTenantTooLong_IsRefused()
    {
        Assert.Throws<ArgumentException>("key", () => KeyId.Of(new byte[BlockKey.MaxLength + 1]));
        Assert.Throws<ArgumentException>("tenant", () => KeyId.Of("a"u8, new string('t', 65)));
        Assert.Throws<ArgumentException>("tenant", () => KeyId.Of("a"u8, ""));
        Assert.Equal(32, KeyId.Of("a"u8, new string('t', 64)).ToString().Length);
    }

    [Fact]
    public void TryParse_AnyIdsText_GivesItBack() => Gen.Select(Gen.ULong, Gen.ULong).Sample((upper, lower) =>
    {
        var id = new KeyId(new UInt128(upper, lower));
        return KeyId.TryParse(id.ToString(), out var parsed) && parsed == id;
    });

    private static BlockKey KeyOf(int length) => BlockKey.From([.. Enumerable.Range(0, length).Select(i => (byte)((i * 31) + length))]);

    private static void AssertIdsOfEach(BlockKey[] keys)
    {
        var ids = new KeyId[keys.Length + 1];
        KeyId.Of(keys, ids);
        Assert.Equal(keys.Select(static key => KeyId.Of(key.Span)), ids[..^1]);
        Assert.Equal(default, ids[^1]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("0123456789abcdef0123456789abcde")]
    [InlineData("0123456789abcdef0123456789abcdef0")]
    [InlineData("0123456789abcdef0123456789abcdeg")]
    [InlineData(" 123456789abcdef0123456789abcdef")]
    [InlineData("0x23456789abcdef0123456789abcdef")]
    public void TryParse_MalformedText_IsRefused(string text)
    {
        Assert.False(KeyId.TryParse(text, out var id));
        Assert.Equal(default, id);
    }
}
