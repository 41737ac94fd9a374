using KvOrleans.Silo.Watching;

namespace KvOrleans.Silo.Tests.Watching;

public sealed class SampleRingTests
{
    private readonly SampleRing _ring = new();

    [Theory]
    [InlineData(0, 0, 0, -1)]
    [InlineData(3, 0, 3, 0)]
    [InlineData(3, 2, 1, 2)]
    [InlineData(3, 3, 0, -1)]
    [InlineData(3, 99, 0, -1)]
    [InlineData(500, 0, SampleRing.Capacity, 500 - SampleRing.Capacity)]
    [InlineData(500, 490, 10, 490)]
    public void After_ANumber_GivesTheSecondsBehindItThatAreKept(int added, long after, int given, long first)
    {
        for (var i = 0; i < added; i++)
            _ring.Add(new(i, 0, 0, 0));

        var (samples, number) = _ring.After(after);

        Assert.Equal(added, number);
        Assert.Equal(given, samples.Length);
        if (given > 0)
        {
            Assert.Equal(first, samples[0].Hits);
            Assert.Equal(added - 1, samples[^1].Hits);
        }
    }
}
