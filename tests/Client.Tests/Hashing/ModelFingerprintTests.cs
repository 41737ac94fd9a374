using KvOrleans.Client.Hashing;

namespace KvOrleans.Client.Tests.Hashing;

public class ModelFingerprintTests
{
    [Fact]
    public void ToString_AnyFieldChanges_Changes()
    {
        ModelFingerprint[] models =
        [
            new("m", "r", "d", "l", 16, 0, 2),
            new("m2", "r", "d", "l", 16, 0, 2),
            new("m", "r2", "d", "l", 16, 0, 2),
            new("m", "r", "d2", "l", 16, 0, 2),
            new("m", "r", "d", "l2", 16, 0, 2),
            new("m", "r", "d", "l", 17, 0, 2),
            new("m", "r", "d", "l", 16, 1, 2),
            new("m", "r", "d", "l", 16, 0, 3),
            new("mr", "d", "l", "x", 16, 0, 2),
            new("m", "rd", "l", "x", 16, 0, 2),
        ];

        Assert.Equal(models.Length, models.Select(model => model.ToString()).Distinct().Count());
        Assert.All(models, model => Assert.Matches("^[0-9a-f]{32}$", model.ToString()));
    }

    [Fact]
    public void ModelFingerprint_SameFields_AreEqual() =>
        Assert.Equal(new ModelFingerprint("m", "r", "d", "l", 16, 1, 2), new ModelFingerprint("m", "r", "d", "l", 16, 1, 2));

    [Theory]
    [InlineData("", "r", "d", "l", 16, 0, 1)]
    [InlineData("m", "", "d", "l", 16, 0, 1)]
    [InlineData("m", "r", "", "l", 16, 0, 1)]
    [InlineData("m", "r", "d", "", 16, 0, 1)]
    [InlineData("m", "r", "d", "l", 0, 0, 1)]
    [InlineData("m", "r", "d", "l", 16, -1, 1)]
    [InlineData("m", "r", "d", "l", 16, 1, 1)]
    [InlineData("m", "r", "d", "l", 16, 0, 0)]
    public void ModelFingerprint_WrongField_IsRefused(string id, string revision, string dtype, string layout, int tokens, int rank, int size) =>
        Assert.ThrowsAny<ArgumentException>(() => new ModelFingerprint(id, revision, dtype, layout, tokens, rank, size));
}
