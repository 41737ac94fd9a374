using System.Net;
using System.Text.Json;
using KvOrleans.Cli.Commands;
using KvOrleans.Cli.Rendering;
using KvOrleans.Cli.Tests.Fakes;
using KvOrleans.Client.Draining;
using KvOrleans.Client.Status;
using KvOrleans.Contracts.Cluster;
using KvOrleans.Contracts.Errors;

namespace KvOrleans.Cli.Tests.Commands;

public sealed class DrainCommandTests
{
    private static readonly SiloDescriptor A = Silo("silo-a", 1);
    private static readonly SiloDescriptor B = Silo("silo-b", 2);

    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();
    private readonly FakeCache _cache;
    private readonly JumpingTimeProvider _time = new();

    public DrainCommandTests() => _cache = new()
    {
        Maps = () => new(7, [A, B]),
        Reports = () => [Report(A), Report(B)],
        Drain = (_, _) => Ends(SiloDrainOutcome.Drained, 0),
    };

    [Fact]
    public async Task Drain_SiloThatLeavesNothingBehind_Succeeds()
    {
        Assert.Equal(ExitCode.Success, await RunAsync("drain", "silo-b"));

        Assert.Equal([(B.Life, true)], _cache.Drained);
        Assert.Contains("silo-b has left", _output.ToString());
        Assert.Contains("40 blocks given away, 0 left behind", _output.ToString());
        Assert.Empty(_error.ToString());
    }

    [Fact]
    public async Task Drain_Json_IsOneObject()
    {
        Assert.Equal(ExitCode.Success, await RunAsync("drain", "silo-b", "--json"));

        using var report = JsonDocument.Parse(_output.ToString());
        var root = report.RootElement;
        Assert.Equal(("silo-b", "drained", true, false), (root.GetProperty("silo").GetString(), root.GetProperty("outcome").GetString(), root.GetProperty("hasLeft").GetBoolean(), root.GetProperty("wasLast").GetBoolean()));
        Assert.Equal((42, 40, 0), (root.GetProperty("offeredBlocks").GetInt64(), root.GetProperty("givenBlocks").GetInt64(), root.GetProperty("leftBlocks").GetInt64()));
    }

    [Theory]
    [InlineData(SiloDrainOutcome.Drained, 3, "3 blocks of silo-b found no new place")]
    [InlineData(SiloDrainOutcome.CutShort, 3, "was cut short")]
    [InlineData(SiloDrainOutcome.NotDrained, 3, "stopped without a drain")]
    [InlineData(SiloDrainOutcome.Begun, 0, "how its drain ended was not heard of")]
    public async Task Drain_SomethingIsLeftUndone_FailsAndSaysWhat(SiloDrainOutcome outcome, int left, string expected)
    {
        _cache.Drain = (_, _) => Ends(outcome, left);

        Assert.Equal(ExitCode.Failure, await RunAsync("drain", "silo-b"));

        Assert.Contains(expected, _error.ToString());
    }

    [Fact]
    public async Task Drain_SiloStaysInTheMap_FailsWhenTheTimeIsOver()
    {
        _cache.Drain = (_, _) => Task.FromResult(new SiloDrain(SiloDrainOutcome.Drained, 42, 40, 0));

        Assert.Equal(ExitCode.Failure, await RunAsync("drain", "silo-b", "--timeout", "5", "--json"));

        Assert.Contains("silo-b has not left in time", _error.ToString());
        Assert.Contains("\"hasLeft\": false", _output.ToString());
        Assert.InRange(_time.Now, TimeSpan.FromDays(1) + TimeSpan.FromSeconds(5), TimeSpan.FromDays(1) + TimeSpan.FromSeconds(6));
    }

    [Fact]
    public async Task Drain_TakesLong_ShowsHowFarItIs()
    {
        var end = new TaskCompletionSource();
        _cache.Drain = async (_, _) =>
        {
            await end.Task;
            return await Ends(SiloDrainOutcome.Drained, 0);
        };
        var looks = 0;
        _cache.Reports = () =>
        {
            if (++looks == 4)
                end.TrySetResult();
            return [Report(A), Report(B, ("draining", "1"), ("drain_offered", "30"), ("drain_open", "5"), ("drain_lost", "1"), ("drain_left", "18"))];
        };

        Assert.Equal(ExitCode.Success, await RunAsync("drain", "silo-b"));

        Assert.Contains("silo-b: 24 blocks given away, 18 left", _output.ToString());
    }

    [Fact]
    public async Task Drain_NoWait_ReturnsWhenItWasTold()
    {
        _cache.Drain = (_, _) => Task.FromResult(new SiloDrain(SiloDrainOutcome.Begun, 0, 0, 0));

        Assert.Equal(ExitCode.Success, await RunAsync("drain", "silo-b", "--no-wait", "--json"));

        Assert.Equal([(B.Life, false)], _cache.Drained);
        Assert.Contains("\"outcome\": \"begun\"", _output.ToString());
    }

    [Fact]
    public async Task Drain_UnknownName_NamesThoseThereAre()
    {
        Assert.Equal(ExitCode.Failure, await RunAsync("drain", "silo-B"));

        Assert.Equal("kvo: no silo is called 'silo-B'; there are: silo-a, silo-b.", _error.ToString().Trim());
        Assert.Empty(_cache.Drained);
    }

    [Theory]
    [InlineData("draining", true)]
    [InlineData("", false)]
    public async Task Drain_NobodyElseServes_IsRefusedUnlessItIsMeant(string mark, bool isReached)
    {
        _cache.Reports = () => [isReached ? Report(A, (mark, "1")) : new SiloReport(A, false, new Dictionary<string, string>()), Report(B)];

        Assert.Equal(ExitCode.Failure, await RunAsync("drain", "silo-b"));
        Assert.Contains("silo-b is the last silo that serves: without it all blocks are lost", _error.ToString());
        Assert.Empty(_cache.Drained);

        _cache.Drain = (_, _) => Ends(SiloDrainOutcome.Drained, 40);
        Assert.Equal(ExitCode.Success, await RunAsync("drain", "silo-b", "--last"));
        Assert.Single(_cache.Drained);
    }

    [Fact]
    public async Task Drain_LastMeantAndOthersServe_StillMustLeaveNothingBehind()
    {
        _cache.Drain = (_, _) => Ends(SiloDrainOutcome.Drained, 1);

        Assert.Equal(ExitCode.Failure, await RunAsync("drain", "silo-b", "--last"));
    }

    [Fact]
    public async Task Drain_SiloRefuses_SaysSo()
    {
        _cache.Drain = (_, _) => throw new CacheException("The silo silo-b was not told to drain: it answered ERR unknown command.");

        Assert.Equal(ExitCode.Failure, await RunAsync("drain", "silo-b"));

        Assert.Contains("it answered ERR unknown command", _error.ToString());
    }

    [Fact]
    public async Task Drain_NobodyHandsOutTheMap_TheOthersTell()
    {
        _cache.Drain = (_, _) =>
        {
            _cache.Maps = () => throw new CacheException("The cluster did not answer.");
            _cache.Reports = () => [Report(A, ("silos", "1"))];
            return Task.FromResult(new SiloDrain(SiloDrainOutcome.Drained, 42, 40, 0));
        };

        Assert.Equal(ExitCode.Success, await RunAsync("drain", "silo-b"));
    }

    private static SiloDescriptor Silo(string name, ulong life) => new(name, "", 1, new(IPAddress.Loopback, 6380), new(life));

    private static SiloReport Report(SiloDescriptor silo, params (string Name, string Value)[] values) =>
        new(silo, true, values.ToDictionary(one => one.Name, one => one.Value));

    /// <summary>The drain ends and the silo leaves.</summary>
    private Task<SiloDrain> Ends(SiloDrainOutcome outcome, long left)
    {
        _cache.Maps = () => new(8, [A]);
        return Task.FromResult(new SiloDrain(outcome, 42, 40, left));
    }

    private Task<int> RunAsync(params string[] arguments) =>
        new KvoApplication(new Terminal(_output, _error), new FakeConnector(_cache), _time).RunAsync(arguments, TestContext.Current.CancellationToken);
}
