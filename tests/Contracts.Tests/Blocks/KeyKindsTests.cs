using System.Text;
using CsCheck;
using KvOrleans.Contracts.Blocks;

namespace KvOrleans.Contracts.Tests.Blocks;

public class KeyKindsTests
{
    [Theory]
    [InlineData("kv:", BlockKind.WriteOnce)]
    [InlineData("kv:0123/4567", BlockKind.WriteOnce)]
    [InlineData("meta-llama/Llama-3-8B@1@0@deadbeef@bfloat16", BlockKind.WriteOnce)]
    [InlineData("meta-llama/Llama-3-8B@8@7@-1f2e3d4c5b6a7988@bfloat16@tag", BlockKind.WriteOnce)]
    [InlineData("vllm@meta-llama/Llama-3-8B@1@0@deadbeef", BlockKind.WriteOnce)]
    [InlineData("vllm@meta-llama/Llama-3-8B@1@0@-deadbeef", BlockKind.WriteOnce)]
    [InlineData("KV:0123", BlockKind.Overwritable)]
    [InlineData("kv", BlockKind.Overwritable)]
    [InlineData(" kv:0", BlockKind.Overwritable)]
    [InlineData("", BlockKind.Overwritable)]
    [InlineData("user:42", BlockKind.Overwritable)]
    [InlineData("key:000000000042", BlockKind.Overwritable)]
    [InlineData("someone@example.com", BlockKind.Overwritable)]
    [InlineData("@1@0@deadbeef@bfloat16", BlockKind.Overwritable)]
    [InlineData("model@1@0@deadbeef", BlockKind.Overwritable)]
    [InlineData("model@one@0@deadbeef@bfloat16", BlockKind.Overwritable)]
    [InlineData("model@1@0@DEADBEEF@bfloat16", BlockKind.Overwritable)]
    public void Of_Default_IsTheKeysKind(string key, BlockKind kind) => Assert.Equal(kind, KeyKinds.Default.Of(Encoding.UTF8.GetBytes(key)));

    [Fact]
    public void Of_AnyBytes_AnswersAndNeverThrows() =>
        Gen.Byte.Array[0, 2 * BlockKey.MaxLength].Sample(key => Enum.IsDefined(KeyKinds.Default.Of(key)));

    [Fact]
    public void Of_OwnShapes_ReplaceTheDefault()
    {
        var kinds = new KeyKinds(["^sglang:[0-9a-f]{8}$"]);

        Assert.Equal(BlockKind.WriteOnce, kinds.Of("sglang:01234567"u8));
        Assert.Equal(BlockKind.Overwritable, kinds.Of("sglang:0123456"u8));
        Assert.Equal(BlockKind.Overwritable, kinds.Of("meta-llama/Llama-3-8B@1@0@deadbeef@bfloat16"u8));
        Assert.Equal(BlockKind.WriteOnce, kinds.Of("kv:0"u8));
        Assert.Equal(BlockKind.Overwritable, new KeyKinds([]).Of("sglang:01234567"u8));
    }

    [Theory]
    [InlineData("[")]
    [InlineData("(?<a>x)\\k<a>")]
    [InlineData("(?=x)")]
    public void KeyKinds_NotAShape_NamesIt(string shape)
    {
        var error = Assert.Throws<ArgumentException>(() => new KeyKinds([shape]));
        Assert.Contains($"'{shape}'", error.Message);
    }
}
