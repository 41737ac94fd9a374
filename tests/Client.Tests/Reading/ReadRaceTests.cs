using KvOrleans.Client.Connections;
using KvOrleans.Client.Digests;
using KvOrleans.Client.Heat;
using KvOrleans.Client.Hedging;
using KvOrleans.Client.Metrics;
using KvOrleans.Client.Reading;
using KvOrleans.Client.Tests.Scripted;
using Microsoft.Extensions.Logging.Abstractions;

namespace KvOrleans.Client.Tests.Reading;

public sealed class ReadRaceTests : IAsyncLifetime
{
    private static readonly TimeSpan Late = TimeSpan.FromMilliseconds(300);

    private readonly ScriptedSilo _silo = new();
    private readonly PrefixCacheClientMetrics _metrics = new();
    private readonly SilenceClock _clock = new(static () => [], TimeProvider.System);
    private readonly SiloLink _link;
    private readonly Race _race;
    private SiloConnection _connection = null!;

    public ReadRaceTests()
    {
        _link = new(
            _silo.Descriptor, new(), Digesting.Of(0, TimeProvider.System, TimeProvider.System), Heating.Of(TimeProvider.System, isEnabled: false), _metrics, TimeProvider.System, NullLogger.Instance);
        _race = new(_link, new(_clock, _metrics));
    }

    public async ValueTask InitializeAsync()
    {
        _connection = await _link.Pool.RentAsync(CancellationToken.None);
        _race.Begin(_connection);
    }

    public ValueTask DisposeAsync()
    {
        _link.Pool.Return(_connection, reusable: false);
        _link.Dispose();
        _clock.Dispose();
        _metrics.Dispose();
        _silo.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Arrived_AfterTheHedgeHasWon_IsRefusedAndTheConnectionIsNotUsedAgain()
    {
        _race.Silent(Late);

        Assert.True(_race.TryWin(0));
        Assert.False(_race.Arrived(isBlock: true));
        Assert.True(_race.IsLost);
        Assert.False(_race.TryLetGo());
        Assert.False(_connection.IsUsable());
        _race.Finish.SetResult();
        await _race.EndAsync(isWanted: true);
    }

    [Fact]
    public async Task TryWin_AfterTheReplyHasBegun_IsRefusedAndTheHedgeEnds()
    {
        _race.Silent(Late);

        Assert.True(_race.Arrived(isBlock: true));
        Assert.False(_race.TryWin(0));
        Assert.True(_race.TryLetGo());
        // Nobody finishes it: it was cancelled.
        await _race.EndAsync(isWanted: false).AsTask().WaitAsync(TestClient.Long);
    }

    [Fact]
    public async Task TryWin_OfAnEarlierReply_IsRefused()
    {
        _race.Silent(Late);
        Assert.True(_race.Arrived(isBlock: true));
        _race.AwaitNext();

        Assert.False(_race.TryWin(0));
        Assert.False(_race.TryWin(1));
        Assert.True(_race.Arrived(isBlock: true));
        await _race.EndAsync(isWanted: false).AsTask().WaitAsync(TestClient.Long);
    }

    [Fact]
    public void TryWin_WithoutAHedge_IsRefused() => Assert.False(_race.TryWin(0));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Silent_ForLong_EndsTheConnection(bool inPayload)
    {
        if (inPayload)
            Assert.True(_race.Arrived(isBlock: true));

        _race.Silent(ConnectionPool.SuspectAfter);

        Assert.False(_connection.IsUsable());
        Assert.False(_race.Arrived(isBlock: true));
        Assert.False(_race.TryLetGo());
    }

    [Fact]
    public void Silent_AfterTheCallHasLetGo_LeavesTheConnectionToTheNext()
    {
        Assert.True(_race.Arrived(isBlock: true));
        Assert.True(_race.TryLetGo());

        _race.Silent(ConnectionPool.SuspectAfter);

        Assert.True(_connection.IsUsable());
    }

    private sealed class Race(SiloLink link, Hedges hedges) : ReadRace(link, hedges, CancellationToken.None)
    {
        public TaskCompletionSource Finish { get; } = new();

        protected override long CostOf(int round) => 1;

        protected override Task HedgeAsync(int round, CancellationToken cancellationToken) => Finish.Task.WaitAsync(cancellationToken);
    }
}
