using KvOrleans.Storage.Arena;
using KvOrleans.Storage.Heat;

namespace KvOrleans.Storage.Tests.Heat;

public sealed class ReadNotesTests
{
    [Fact]
    public void Drain_FewNotes_CountsEachOnce()
    {
        var heap = new NativeHeap();
        using (var notes = new ReadNotes(heap, processors: 1))
        {
            var sketch = new HeatSketch(8);
            notes.Add(0, 7, 100);
            notes.Add(5, 7, 30);
            notes.Add(5, 7, 30);
            Assert.Equal(160, notes.Drain(sketch));
            Assert.Equal(0, notes.Drain(sketch));
            Assert.Equal(2, sketch.Count);
            Assert.Equal(new(100, 100, 1), sketch.Of(ReadNotes.NameOf(0, 7)));
            Assert.Equal(new(60, 60, 2), sketch.Of(ReadNotes.NameOf(5, 7)));
        }

        Assert.Equal((0L, 0L), (heap.Bytes, heap.Allocations));
    }

    [Fact]
    public void Drain_MoreNotesThanARingKeeps_IsASampleOfTheSameWeight()
    {
        const int Notes = 10 * ReadNotes.RingLength;
        using var notes = new ReadNotes(new(), processors: 1);
        var sketch = new HeatSketch(8);
        for (var i = 0; i < Notes; i++)
            notes.Add(i % 2, 1, i % 2 == 0 ? 300 : 100);
        Assert.Equal(Notes * 200L, notes.Drain(sketch));
        Assert.Equal(HeatSums.MostReads, sketch.Of(ReadNotes.NameOf(0, 1)).Reads);
        Assert.Equal(Notes * 150.0, sketch.Of(ReadNotes.NameOf(0, 1)).SlowBytes, 1000.0);
        Assert.Equal(Notes * 50.0, sketch.Of(ReadNotes.NameOf(1, 1)).SlowBytes, 1000.0);
    }

    [Fact]
    public async Task Add_ManyThreads_LosesNoByte()
    {
        const int Threads = 4;
        const int Each = 50_000;
        using var notes = new ReadNotes(new(), processors: 4);
        var sketch = new HeatSketch(8);
        var bytes = 0L;
        var adding = Task.WhenAll(Enumerable.Range(0, Threads).Select(thread => Task.Run(() =>
        {
            for (var i = 0; i < Each; i++)
                notes.Add(thread, 1, 10);
        })));
        while (!adding.IsCompleted)
            bytes += notes.Drain(sketch);
        await adding;
        bytes += notes.Drain(sketch);
        Assert.Equal(10L * Threads * Each, bytes);
    }

    [Theory]
    [InlineData(0, 0u)]
    [InlineData(int.MaxValue - 1, uint.MaxValue)]
    public void ContentOf_NameOf_IsTheContent(int record, uint generation)
    {
        Assert.NotEqual(0u, ReadNotes.NameOf(record, generation));
        Assert.Equal((record, generation), ReadNotes.ContentOf(ReadNotes.NameOf(record, generation)));
    }
}
