using System.Text;
using CsCheck;
using KvOrleans.Contracts.Blocks;

namespace KvOrleans.Contracts.Tests.Blocks;

public class BlockVersionTests
{
    private static readonly Gen<BlockVersion> Versions = Gen.Select(
        Gen.Long[0, long.MaxValue], Gen.ULong, Gen.Long[1, long.MaxValue], Gen.UShort,
        (epoch, life, sequence, region) => new BlockVersion(epoch, new(life), sequence, region));

    [Theory]
    [InlineData(0, 0, 1, 0, "0-0000000000000000-1-0")]
    [InlineData(12, 0xdeadbeef, 345, 6, "12-00000000deadbeef-345-6")]
    [InlineData(long.MaxValue, ulong.MaxValue, long.MaxValue, ushort.MaxValue, "9223372036854775807-ffffffffffffffff-9223372036854775807-65535")]
    public void ToString_Version_IsItsTextForm(long epoch, ulong life, long sequence, ushort region, string text)
    {
        var version = new BlockVersion(epoch, new(life), sequence, region);

        Assert.Equal(text, version.ToString());
        Assert.True(BlockVersion.TryParse(text, out var parsed));
        Assert.Equal(version, parsed);
        Assert.InRange(text.Length, 1, BlockVersion.MaxTextLength);
    }

    [Fact]
    public void TryParse_AnyVersionsText_GivesItBack() => Versions.Sample(version =>
    {
        Span<byte> utf8 = stackalloc byte[BlockVersion.MaxTextLength];
        Span<char> text = stackalloc char[BlockVersion.MaxTextLength];

        Assert.True(version.TryFormat(utf8, out var bytes, default, null));
        Assert.True(version.TryFormat(text, out var chars, default, null));
        Assert.Equal(version.ToString(), Encoding.UTF8.GetString(utf8[..bytes]));
        Assert.Equal(version.ToString(), new string(text[..chars]));
        Assert.True(BlockVersion.TryParse(utf8[..bytes], out var parsed));
        Assert.Equal(version, parsed);
    });

    [Fact]
    public void TryFormat_NoRoom_SaysSo() => Versions.Sample(version =>
        !version.TryFormat(new byte[version.ToString().Length - 1], out _, default, null)
        && !version.TryFormat(new char[version.ToString().Length - 1], out _, default, null));

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("---")]
    [InlineData("1-0000000000000001-1")]
    [InlineData("1-0000000000000001-1-")]
    [InlineData("1-0000000000000001-1-0-")]
    [InlineData("1-0000000000000001-1-0 ")]
    [InlineData(" 1-0000000000000001-1-0")]
    [InlineData("-1-0000000000000001-1-0")]
    [InlineData("1-0000000000000001--1-0")]
    [InlineData("1-0000000000000001-0-0")]
    [InlineData("1-1-1-0")]
    [InlineData("1-00000000000000001-1-0")]
    [InlineData("1-000000000000000g-1-0")]
    [InlineData("1-0000000000000001-1-65536")]
    [InlineData("9223372036854775808-0000000000000001-1-0")]
    [InlineData("1-0000000000000001-9223372036854775808-0")]
    [InlineData("18446744073709551616-0000000000000001-1-0")]
    [InlineData("1.5-0000000000000001-1-0")]
    public void TryParse_MalformedText_IsRefused(string text)
    {
        Assert.False(BlockVersion.TryParse(text, out var fromText));
        Assert.False(BlockVersion.TryParse(Encoding.UTF8.GetBytes(text), out var fromBytes));
        Assert.Equal(default, fromText);
        Assert.Equal(default, fromBytes);
    }

    [Fact]
    public void TryParse_NoText_IsRefused() => Assert.False(BlockVersion.TryParse((string?)null, out _));

    [Fact]
    public void TryParse_WhatItAccepts_IsTheOnlyTextOfThatVersion()
    {
        string[] epochs = ["0", "1", "00", "01", "+1", "1.0", "1e0", ""];
        string[] lives = ["0000000000000001", "000000000000000a", "000000000000000A", "1"];
        var texts =
            from epoch in epochs
            from life in lives
            from sequence in epochs
            from region in epochs
            select $"{epoch}-{life}-{sequence}-{region}";

        Assert.All(texts, text => Assert.True(!BlockVersion.TryParse(text, out var version) || version.ToString() == text));
    }

    [Fact]
    public void IsNone_Default_IsTrue()
    {
        Assert.True(default(BlockVersion).IsNone);
        Assert.False(new BlockVersion(0, default, 1).IsNone);
    }
}
