using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Control;
using KvOrleans.Grains.Replication;

namespace KvOrleans.Grains.Tests.Replication;

/// <summary>What is queued for one silo: each content once, in order, within bounds.</summary>
public sealed class OfferQueueTests
{
    private readonly OfferQueue _queue = new();

    [Fact]
    public void Take_OfSeveralLanes_IsUrgentFirstAndForOneReason()
    {
        Add("repair", OfferLane.Repair, OfferReason.Copy);
        Add("handoff", OfferLane.Handoff, OfferReason.Handoff);
        Add("urgent", OfferLane.Urgent, OfferReason.Copy);

        Assert.Equal(["urgent"], Names(_queue.Take(paced: true)));
        Assert.Equal(["handoff"], Names(_queue.Take(paced: true)));
        Assert.Empty(_queue.Take(paced: false));
        Assert.Equal(["repair"], Names(_queue.Take(paced: true)));
        Assert.Equal(3, _queue.Pending.Blocks);
    }

    [Fact]
    public void Take_OfManyBlocks_IsAtMostSixtyFour()
    {
        for (var i = 0; i < BlockOffer.MostBlocks + 1; i++)
            Add($"k{i}", OfferLane.Handoff, OfferReason.Handoff);

        Assert.Equal(BlockOffer.MostBlocks, _queue.Take(paced: true).Count);
        Assert.Single(_queue.Take(paced: true));
    }

    [Fact]
    public void Take_OfLargeBlocks_IsBoundedInBytesBeyondTheFirst()
    {
        Add("first", OfferLane.Handoff, OfferReason.Handoff, 100 << 20);
        Add("second", OfferLane.Handoff, OfferReason.Handoff, 20 << 20);
        Add("third", OfferLane.Handoff, OfferReason.Handoff, 12 << 20);
        Add("fourth", OfferLane.Handoff, OfferReason.Handoff, 1);

        Assert.Equal(["first", "second", "third"], Names(_queue.Take(paced: true)));
        Assert.Equal(["fourth"], Names(_queue.Take(paced: true)));
    }

    [Fact]
    public void TryAdd_OfWhatIsThere_TellsBothAndTakesTheMoreUrgentLane()
    {
        var told = new List<string>();
        _queue.TryAdd(new(Block("k"), OfferLane.Repair, OfferReason.Copy) { Answered = outcome => told.Add($"repair {outcome}") });
        _queue.TryAdd(new(Block("k"), OfferLane.Urgent, OfferReason.Copy) { Answered = outcome => told.Add($"urgent {outcome}") });

        var offer = Assert.Single(_queue.Take(paced: false));
        _queue.Answer(offer, OfferOutcome.Held);

        Assert.Equal(["repair Held", "urgent Held"], told);
        Assert.Equal(0, _queue.Pending.Blocks);
    }

    [Fact]
    public void TryAdd_BeyondTheBound_IsRefused()
    {
        for (var i = 0; i < OfferQueue.MostOffers; i++)
            Assert.True(Add($"k{i}", OfferLane.Repair, OfferReason.Copy));

        Assert.False(Add("more", OfferLane.Repair, OfferReason.Copy));
        Assert.True(Add("more", OfferLane.Urgent, OfferReason.Copy));
    }

    [Fact]
    public async Task AddAsync_BeyondTheBound_WaitsForRoom()
    {
        for (var i = 0; i < OfferQueue.MostOffers; i++)
            Add($"k{i}", OfferLane.Repair, OfferReason.Copy);
        var adding = _queue.AddAsync(new(Block("more"), OfferLane.Repair, OfferReason.Copy), CancellationToken.None).AsTask();
        Assert.False(adding.IsCompleted);

        _queue.Take(paced: true);

        Assert.True(await adding);
    }

    [Fact]
    public void Withdraw_LeavesWhatIsUrgentUnderWayOrDrained()
    {
        var told = new List<string>();
        Add("under way", OfferLane.Handoff, OfferReason.Handoff);
        var underWay = _queue.Take(paced: true);
        Add("urgent", OfferLane.Urgent, OfferReason.Copy);
        Add("drained", OfferLane.Handoff, OfferReason.Drain);
        _queue.TryAdd(new(Block("repair"), OfferLane.Repair, OfferReason.Copy) { Answered = outcome => told.Add($"{outcome}") });

        _queue.Withdraw();

        Assert.Equal(["Gone"], told);
        Assert.Equal(["urgent"], Names(_queue.Take(paced: true)));
        Assert.Equal(["drained"], Names(_queue.Take(paced: true)));
        Assert.Single(underWay);
        Assert.Equal(3, _queue.Pending.Blocks);
    }

    [Fact]
    public async Task Close_AnswersEveryoneAndTakesNoMore()
    {
        var told = new List<string>();
        _queue.TryAdd(new(Block("a"), OfferLane.Repair, OfferReason.Copy) { Answered = outcome => told.Add($"a {outcome}") });
        var underWay = _queue.Take(paced: true);
        _queue.TryAdd(new(Block("b"), OfferLane.Urgent, OfferReason.Copy) { Answered = outcome => told.Add($"b {outcome}") });

        _queue.Close();
        _queue.Answer(underWay[0], OfferOutcome.Held);

        Assert.Equal(["a Gone", "b Gone"], told.Order());
        Assert.False(await _queue.AddAsync(new(Block("c"), OfferLane.Urgent, OfferReason.Copy), CancellationToken.None));
        Assert.Equal(0, _queue.Pending.Blocks);
    }

    private static OfferedBlock Block(string key, int length = 1) => new(BlockKey.From(key), new(1, new(1), 1), length, default);

    private static IEnumerable<string> Names(IEnumerable<QueuedOffer> offers) =>
        offers.Select(offer => System.Text.Encoding.UTF8.GetString(offer.Block.Key.Span));

    private bool Add(string key, OfferLane lane, OfferReason reason, int length = 1) => _queue.TryAdd(new(Block(key, length), lane, reason));
}
