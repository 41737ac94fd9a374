using System.Text.Json;
using KvOrleans.Cli.Commands;
using KvOrleans.Cli.Rendering;
using KvOrleans.Cli.Tests.Fakes;
using KvOrleans.Client.Writing;
using KvOrleans.Contracts.Blocks;

namespace KvOrleans.Cli.Tests.Commands;

public sealed class KvoApplicationTests : IDisposable
{
    private const string Gateway = "127.0.0.1:30000";

    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();
    private readonly string _trace = Path.Combine(Path.GetTempPath(), $"kvo-test-{Guid.NewGuid():N}.jsonl");
    private FakeCache _cache = new();

    public KvoApplicationTests() => File.WriteAllText(_trace, """
        {"timestamp": 0, "input_length": 1200, "output_length": 1, "hash_ids": [1, 2, 3]}
        {"timestamp": 10, "input_length": 1500, "output_length": 1, "hash_ids": [1, 2, 4]}
        """);

    public void Dispose() => File.Delete(_trace);

    [Fact]
    public async Task Replay_Json_IsOneObjectWithTheFigures()
    {
        Assert.Equal(ExitCode.Success, await RunAsync("replay", "--trace", _trace, "--connect", Gateway, "--block-bytes", "8KiB", "--json"));

        using var report = JsonDocument.Parse(_output.ToString());
        var figures = report.RootElement;
        Assert.Equal(2, figures.GetProperty("requests").GetInt64());
        Assert.Equal(6, figures.GetProperty("blockReferences").GetInt64());
        Assert.Equal(2, figures.GetProperty("blockHits").GetInt64());
        Assert.Equal(2 / 6.0, figures.GetProperty("hitRatio").GetDouble());
        Assert.Equal(1024, figures.GetProperty("prefillTokensSaved").GetInt64());
        Assert.Equal(1024 / 2700.0, figures.GetProperty("tokenHitRatio").GetDouble());
        Assert.Equal(0, figures.GetProperty("failedCalls").GetInt64());
        Assert.Equal(0, figures.GetProperty("wrongBytes").GetInt64());
        Assert.Equal(1, figures.GetProperty("coldPrompts").GetInt64());
        Assert.Equal(0, figures.GetProperty("coldPromptsUnaskedRatio").GetDouble());
        Assert.Equal(0, figures.GetProperty("matchQuestions").GetInt64());
        Assert.Equal(8192, figures.GetProperty("blockBytes").GetInt32());
        Assert.Equal(524_288, figures.GetProperty("memoryHeldBytes").GetInt64());
        Assert.Equal(JsonValueKind.Null, figures.GetProperty("lagP99Milliseconds").ValueKind);
        foreach (var name in new[] { "matchP50Microseconds", "matchP99Microseconds", "readP50Microseconds", "readP99Microseconds", "writeP50Microseconds", "writeP99Microseconds", "readGigabytesPerSecond", "writeGigabytesPerSecond", "durationSeconds" })
            Assert.Equal(JsonValueKind.Number, figures.GetProperty(name).ValueKind);
        Assert.Contains("Replaying", _error.ToString());
    }

    [Fact]
    public async Task Replay_NoWindowCameBehindTheWarmUp_SaysSo()
    {
        Assert.Equal(ExitCode.Success, await RunAsync("replay", "--trace", _trace, "--connect", Gateway, "--json"));

        using var report = JsonDocument.Parse(_output.ToString());
        var balance = report.RootElement.GetProperty("balance");
        Assert.Equal((false, 6, 60), (balance.GetProperty("isTraceTime").GetBoolean(), balance.GetProperty("windowSeconds").GetDouble(), balance.GetProperty("warmUpSeconds").GetDouble()));
        Assert.Equal(JsonValueKind.Null, balance.GetProperty("maxToMeanP99").ValueKind);
        Assert.Equal(JsonValueKind.Null, report.RootElement.GetProperty("extraCopies").ValueKind);
        Assert.Contains("--balance-warm-up", _error.ToString());
    }

    [Fact]
    public async Task Replay_Workload_IsServedWithoutATrace()
    {
        Assert.Equal(ExitCode.Success, await RunAsync("replay", "--workload", "uniform", "--seed", "3", "--limit", "20", "--connect", Gateway, "--block-bytes", "4KiB", "--json"));

        using var report = JsonDocument.Parse(_output.ToString());
        Assert.Equal(("uniform", 20, 80), (report.RootElement.GetProperty("workload").GetString(), report.RootElement.GetProperty("requests").GetInt64(), report.RootElement.GetProperty("blockReferences").GetInt64()));
    }

    [Theory]
    [InlineData("--workload zipf", "'zipf' is none of three-prompts, uniform")]
    [InlineData("--workload uniform --trace t.jsonl", "either --trace or --workload")]
    [InlineData("--workload uniform --seed -1", "'-1' is not a whole number")]
    [InlineData("--trace t.jsonl --seed 1", "--seed is for --workload")]
    [InlineData("--trace t.jsonl --balance-warm-up -1", "'-1' is not a number")]
    public async Task Replay_WrongSource_IsRefused(string options, string message)
    {
        Assert.Equal(ExitCode.Usage, await RunAsync(["replay", .. options.Split(' ')]));

        Assert.Contains(message, _error.ToString());
    }

    [Fact]
    public async Task Replay_Table_ShowsTheFiguresAndEndsItsClients()
    {
        Assert.Equal(ExitCode.Success, await RunAsync("replay", "--trace", _trace, "--connect", Gateway, "--nodes", "3"));

        Assert.Contains("hit ratio, blocks", _output.ToString());
        Assert.Equal(4, _cache.Disposed);
    }

    [Fact]
    public async Task Replay_FailedCalls_FailsAndSaysWhich()
    {
        _cache.WriteOutcome = _ => BlockWriteOutcome.OutOfSpace;

        Assert.Equal(ExitCode.Failure, await RunAsync("replay", "--trace", _trace, "--connect", Gateway));

        Assert.Contains("write: out of space", _output.ToString());
        Assert.Contains("6 call(s) failed", _error.ToString());
    }

    [Fact]
    public async Task Replay_WrongBytes_Fails()
    {
        _cache.Damage = (_, bytes) => bytes.Span[^1] ^= 1;

        Assert.Equal(ExitCode.Failure, await RunAsync("replay", "--trace", _trace, "--connect", Gateway, "--json"));

        Assert.Contains("\"wrongBytes\": 1", _output.ToString());
    }

    [Fact]
    public async Task Replay_Limit_StopsThere()
    {
        await RunAsync("replay", "--trace", _trace, "--connect", Gateway, "--limit", "1", "--json");

        Assert.Contains("\"requests\": 1", _output.ToString());
    }

    [Fact]
    public async Task Replay_StoppedByTheUser_ReportsWhatWasServed()
    {
        using var stop = new CancellationTokenSource();
        _cache.WriteOutcome = number =>
        {
            if (number == 2)
                stop.Cancel();
            return null;
        };

        Assert.Equal(ExitCode.Stopped, await RunAsync(stop.Token, "replay", "--trace", _trace, "--connect", Gateway, "--json"));

        Assert.Contains("\"complete\": false", _output.ToString());
    }

    [Fact]
    public async Task Replay_ClusterThatIsNotThere_SaysSo()
    {
        _cache = new() { IsUnreachable = true };

        Assert.Equal(ExitCode.Failure, await RunAsync("replay", "--trace", _trace, "--connect", Gateway));

        Assert.Contains("No silo was reached.", _error.ToString());
    }

    [Theory]
    [InlineData("--trace", "no-such-file.jsonl", "no-such-file.jsonl cannot be read")]
    public async Task Replay_TraceThatIsNotThere_SaysSo(string option, string value, string message)
    {
        Assert.Equal(ExitCode.Failure, await RunAsync("replay", option, value, "--connect", Gateway));

        Assert.Contains(message, _error.ToString());
    }

    [Theory]
    [InlineData("--nodes 0", "--nodes: '0' is not a whole number from 1 to 256.")]
    [InlineData("--nodes two", "--nodes: 'two' is not a whole number from 1 to 256.")]
    [InlineData("--block-bytes 1GiB", "--block-bytes: 1GiB is not within 1 B and 256 MiB.")]
    [InlineData("--memory lots", "--memory: 'lots' is not a size; expected bytes such as 65536, 64KiB, 640MiB or 8GiB.")]
    [InlineData("--speedup 0", "--speedup: '0' is not a number above 0.")]
    [InlineData("--connect here", "--connect: 'here' is not host:port")]
    [InlineData("--connect 127.0.0.1:99999", "--connect: '127.0.0.1:99999' is not host:port")]
    [InlineData("--option Zone", "--option: 'Zone' is not NAME=VALUE, such as Copies:Share=0.")]
    [InlineData("--connect 127.0.0.1:1 --option Zone=a", "--connect names")]
    [InlineData("--connect 127.0.0.1:1 --kill silo-1@3 --silos 3", "--connect names")]
    [InlineData("--silos 3 --kill silo-3@3", "--kill: there is no silo 'silo-3'")]
    [InlineData("--silos 3 --kill silo-0@3", "--kill: silo-0 holds the membership")]
    [InlineData("--silos 3 --kill silo-1", "--kill: 'silo-1' is not silo@seconds")]
    [InlineData("--silos 3 --roll 3", "--roll stops the silo that holds the membership too")]
    [InlineData("--connect 127.0.0.1:1 --silos 2", "--connect names a cluster that runs already")]
    [InlineData("--connect 127.0.0.1:1 --memory 1GiB", "--connect names a cluster that runs already")]
    [InlineData("--digests some", "--digests: 'some' is neither on nor off.")]
    [InlineData("--colour red", "--colour")]
    public async Task Replay_BadOption_IsRefusedWithItsNameAndWhatIsAccepted(string options, string message)
    {
        Assert.Equal(ExitCode.Usage, await RunAsync(["replay", "--trace", _trace, "--json", .. options.Split(' ')]));

        Assert.Empty(_output.ToString());
        Assert.Contains(message, _error.ToString());
    }

    [Fact]
    public async Task Replay_NoTrace_IsRefused()
    {
        Assert.Equal(ExitCode.Usage, await RunAsync("replay"));

        Assert.Contains("--trace", _error.ToString());
    }

    [Theory]
    [InlineData("demo")]
    [InlineData("replay")]
    [InlineData("status")]
    [InlineData("inspect")]
    [InlineData("explain")]
    public async Task Help_OfEveryCommand_IsThere(string command)
    {
        Assert.Equal(ExitCode.Success, await RunAsync(command, "--help"));

        Assert.Contains("Usage:", _output.ToString());
    }

    [Fact]
    public async Task Help_OfReplay_HasItsNotes()
    {
        await RunAsync("replay", "--help");

        Assert.Contains("Notes:", _output.ToString());
    }

    [Fact]
    public async Task Status_Table_ShowsEachSilo()
    {
        Assert.Equal(ExitCode.Success, await RunAsync("status"));

        foreach (var shown in new[] { "silo-a", "zone-1", "0000000000001234", "127.0.0.1:6380", "512 KiB of 1 MiB", "cluster map 7" })
            Assert.Contains(shown, _output.ToString());
    }

    [Fact]
    public async Task Status_Json_IsOneObject()
    {
        Assert.Equal(ExitCode.Success, await RunAsync("status", "--json", "--connect", "127.0.0.1:1,[::1]:2"));

        using var status = JsonDocument.Parse(_output.ToString());
        var silo = Assert.Single(status.RootElement.GetProperty("silos").EnumerateArray());
        Assert.Equal(("silo-a", 11, 524_288), (silo.GetProperty("name").GetString(), silo.GetProperty("hits").GetInt64(), silo.GetProperty("memoryHeldBytes").GetInt64()));
    }

    [Fact]
    public async Task Inspect_PresentBlock_ShowsIt()
    {
        await _cache.WriteAsync(BlockKey.From("kv:a/1"), new byte[5]);

        Assert.Equal(ExitCode.Success, await RunAsync("inspect", "kv:a/1"));
        Assert.Contains("1-0000000000000001-1-0", _output.ToString());
        Assert.Equal(ExitCode.Success, await RunAsync("inspect", "hex:6b763a612f31", "--json"));
        Assert.Contains("\"keyHex\": \"6b763a612f31\"", _output.ToString());
    }

    [Fact]
    public async Task Inspect_AbsentBlock_Fails()
    {
        Assert.Equal(ExitCode.Failure, await RunAsync("inspect", "kv:a/1"));

        Assert.Contains("absent", _output.ToString());
    }

    [Theory]
    [InlineData("hex:zz", "pairs of hex digits")]
    [InlineData("hex:", "1 to 512 bytes")]
    public async Task Inspect_BadKey_IsRefused(string key, string message)
    {
        Assert.Equal(ExitCode.Usage, await RunAsync("inspect", key));

        Assert.Contains(message, _error.ToString());
    }

    private Task<int> RunAsync(params string[] arguments) => RunAsync(CancellationToken.None, arguments);

    private Task<int> RunAsync(CancellationToken cancellationToken, params string[] arguments) =>
        new KvoApplication(new Terminal(_output, _error), new FakeConnector(_cache), TimeProvider.System).RunAsync(arguments, cancellationToken);
}
