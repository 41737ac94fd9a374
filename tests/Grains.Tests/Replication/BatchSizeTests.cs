using KvOrleans.Grains.Replication;

namespace KvOrleans.Grains.Tests.Replication;

public sealed class BatchSizeTests
{
    private readonly BatchSize _size = new();

    [Fact]
    public void Batches_ThatTakeLong_GetSmallerAndThoseThatAreQuickLargerAgain()
    {
        _size.Answered(BatchSize.Most, TimeSpan.FromSeconds(3), failed: false);
        Assert.Equal(BatchSize.Most / 2, _size.Bytes);
        _size.Answered(BatchSize.Most / 2, TimeSpan.FromSeconds(0.1), failed: true);
        Assert.Equal(BatchSize.Most / 4, _size.Bytes);
        _size.Answered(BatchSize.Most / 4, TimeSpan.FromSeconds(0.5), failed: false);
        Assert.Equal(BatchSize.Most / 4, _size.Bytes);
        _size.Answered(BatchSize.Most / 4, TimeSpan.FromSeconds(0.1), failed: false);
        Assert.Equal(BatchSize.Most / 2, _size.Bytes);
    }

    [Fact]
    public void SmallBatch_ThatIsQuick_TellsNothing_AndOneThatIsSlowMuch()
    {
        _size.Answered(8 << 20, TimeSpan.FromSeconds(2), failed: false);
        Assert.Equal(4 << 20, _size.Bytes);
        _size.Answered(1 << 20, TimeSpan.FromMilliseconds(1), failed: false);
        Assert.Equal(4 << 20, _size.Bytes);
    }

    [Fact]
    public void Bytes_AreWithinBounds()
    {
        for (var i = 0; i < 20; i++)
            _size.Answered(0, default, failed: true);
        Assert.Equal(1 << 20, _size.Bytes);
        for (var i = 0; i < 20; i++)
            _size.Answered(_size.Bytes, default, failed: false);
        Assert.Equal(BatchSize.Most, _size.Bytes);
    }
}
