using KvOrleans.Contracts.Blocks;

namespace KvOrleans.Contracts.Tests.Blocks;

public class WriteConditionTests
{
    private static readonly BlockVersion One = new(1, new(7), 1);

    public static TheoryData<WriteCondition, bool, bool, bool> Truth => new()
    {
        { WriteCondition.Any, true, true, true },
        { WriteCondition.Absent, true, false, false },
        { WriteCondition.Present, false, true, true },
        { WriteCondition.Exactly(One), false, true, false },
    };

    [Theory]
    [MemberData(nameof(Truth))]
    public void Holds_WhatIsThere_DecidesIt(WriteCondition condition, bool nothing, bool one, bool another)
    {
        Assert.Equal(nothing, condition.Holds(null));
        Assert.Equal(one, condition.Holds(One));
        Assert.All(
            new[] { One with { Sequence = 2 }, One with { Epoch = 2 }, One with { Life = new(8) }, One with { HomeRegion = 1 } },
            version => Assert.Equal(another, condition.Holds(version)));
    }

    [Fact]
    public void Default_IsAny() => Assert.Equal(WriteCondition.Any, default);

    [Fact]
    public void Exactly_NoVersion_IsRefused() => Assert.Throws<ArgumentException>("version", () => WriteCondition.Exactly(default));
}
