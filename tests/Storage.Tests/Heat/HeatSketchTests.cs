using KvOrleans.Storage.Heat;

namespace KvOrleans.Storage.Tests.Heat;

public sealed class HeatSketchTests
{
    [Fact]
    public void Add_FewerThanFit_CountsExactly()
    {
        var sketch = new HeatSketch(8);
        for (var round = 1; round <= 3; round++)
        {
            for (ulong name = 1; name <= 8; name++)
                sketch.Add(name, name * 10, 1);
        }

        Assert.Equal(8, sketch.Count);
        for (ulong name = 1; name <= 8; name++)
            Assert.Equal(new(name * 30, name * 30, 3), sketch.Of(name));
    }

    [Fact]
    public void Add_MillionDifferentNames_PromotesNoneAndKeepsTheHotOne()
    {
        var sketch = new HeatSketch(64);
        for (ulong name = 10; name < 1_000_000; name++)
        {
            sketch.Add(name, 100, 1);
            if (name % 20 == 0)
                sketch.Add(1, 100, 1);
        }

        // It was in from the first time it came: nothing with so many bytes is ever the least of 64.
        Assert.Equal(100 * 49_999.0, sketch.Of(1).SlowBytes, 100 * 64.0);
        for (var place = 0; place < sketch.Count; place++)
        {
            if (sketch.At(place) is { Name: not 1 } cold)
                Assert.Equal(1, cold.Sums.Reads);
        }
    }

    [Fact]
    public void Add_WeightsThatVary_NeverTellsTooMuchAndMissesNobodyAboveTheBound()
    {
        const int Capacity = 32;
        var random = new Random(4711);
        var sketch = new HeatSketch(Capacity);
        var exact = new Dictionary<ulong, double>();
        for (var i = 0; i < 50_000; i++)
        {
            var name = (ulong)(1 + (int)Math.Pow(random.NextDouble() * 10, 3));
            var bytes = random.Next(1, 5000);
            sketch.Add(name, bytes, 1);
            exact[name] = exact.GetValueOrDefault(name) + bytes;
        }

        var total = exact.Values.Sum();
        foreach (var (name, bytes) in exact)
        {
            var told = sketch.Of(name).SlowBytes;
            Assert.True(told <= bytes);
            if (bytes > 2 * total / Capacity)
                Assert.InRange(told, bytes - (total / Capacity), bytes);
        }
    }

    [Fact]
    public void Decay_ForLong_ForgetsAll()
    {
        var sketch = new HeatSketch(4);
        sketch.Add(1, 1000, 1);
        sketch.Add(2, 10, 1);
        sketch.Decay(0.1, 0.5);
        Assert.Equal(new(100, 500, 0.5), sketch.Of(1));
        sketch.Decay(0.1, 0.1);
        Assert.Equal((1, default), (sketch.Count, sketch.Of(2)));
        sketch.Decay(0.001, 0.001);
        Assert.Equal(0, sketch.Count);
        sketch.Add(2, 10, 1);
        Assert.Equal(10, sketch.Of(2).FastBytes);
    }
}
