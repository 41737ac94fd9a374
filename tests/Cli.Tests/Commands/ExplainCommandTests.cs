using System.Text.Json;
using KvOrleans.Cli.Commands;
using KvOrleans.Cli.Rendering;
using KvOrleans.Cli.Tests.Fakes;
using KvOrleans.Contracts.Blocks;

namespace KvOrleans.Cli.Tests.Commands;

public sealed class ExplainCommandTests : IDisposable
{
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();
    private readonly FakeCache _cache = new();
    private readonly string _trace = Path.Combine(Path.GetTempPath(), $"kvo-test-{Guid.NewGuid():N}.jsonl");

    public ExplainCommandTests() => File.WriteAllText(_trace, """
        {"timestamp": 0, "input_length": 1200, "output_length": 1, "hash_ids": [1, 2, 3]}
        {"timestamp": 10, "input_length": 1500, "output_length": 1, "hash_ids": [1, 2, 4]}
        """);

    public void Dispose() => File.Delete(_trace);

    [Fact]
    public async Task Explain_Keys_ShowsWhereTheyAreAndWhyNot()
    {
        Holds("kv:m/1", "kv:m/2", "kv:m/4");

        Assert.Equal(ExitCode.Failure, await RunAsync("explain", "kv:m/1", "hex:6b763a6d2f32", "kv:m/3", "kv:m/4"));

        foreach (var shown in new[] { "kv:m/2", "silo-a (owner)", "1-0000000000000001-1-0", "64 KiB", "255 or more", "until evicted", "evicted 5 min ago from silo-a", "3 of 4 blocks are there, 2 from the head on." })
            Assert.Contains(shown, _output.ToString());
        Assert.Empty(_error.ToString());
    }

    [Fact]
    public async Task Explain_AllThere_Succeeds()
    {
        Holds("kv:m/1");

        Assert.Equal(ExitCode.Success, await RunAsync("explain", "kv:m/1"));
    }

    [Fact]
    public async Task Explain_Json_IsOneObject()
    {
        Holds("kv:m/1");

        Assert.Equal(ExitCode.Failure, await RunAsync("explain", "kv:m/1", "kv:m/2", "--json"));

        using var json = JsonDocument.Parse(_output.ToString());
        var blocks = json.RootElement.GetProperty("blocks").EnumerateArray().ToList();
        Assert.Equal([true, false], blocks.Select(block => block.GetProperty("present").GetBoolean()));
        Assert.Equal("owner", blocks[0].GetProperty("places")[0].GetProperty("role").GetString());
        Assert.Equal(("6b763a6d2f32", 300), (blocks[1].GetProperty("keyHex").GetString(), blocks[1].GetProperty("losses")[0].GetProperty("secondsAgo").GetInt32()));
        Assert.Equal((1, 0), (json.RootElement.GetProperty("leadingRun").GetInt32(), json.RootElement.GetProperty("silent").GetArrayLength()));
    }

    [Fact]
    public async Task Explain_ATracesChain_NamesItsBlocksAsReplayDoes()
    {
        Assert.Equal(ExitCode.Success, await RunAsync("replay", "--trace", _trace, "--connect", "127.0.0.1:1", "--block-bytes", "8KiB", "--fingerprint", "mine"));
        Holds([.. _cache.Written.Select(key => System.Text.Encoding.ASCII.GetString(key.Span))]);

        Assert.Equal(ExitCode.Success, await RunAsync("explain", "--trace-chain", $"{_trace}@2", "--block-bytes", "8KiB", "--fingerprint", "mine"));
        Assert.Contains("3 of 3 blocks are there", _output.ToString());
        Assert.Equal(ExitCode.Failure, await RunAsync("explain", "--trace-chain", _trace));
        Assert.Contains("0 of 3 blocks are there", _output.ToString());
    }

    [Fact]
    public async Task Explain_WhenASiloIsSilent_FailsAndSaysWhich()
    {
        _cache.Explanations = _ => [(FakeCache.Silo, null)];

        Assert.Equal(ExitCode.Failure, await RunAsync("explain", "kv:m/1"));

        Assert.Contains("not known: silo-a does not answer", _output.ToString());
        Assert.Contains("kvo: silo-a does not answer.", _error.ToString());
    }

    [Theory]
    [InlineData("", "Name either keys or a --trace-chain.")]
    [InlineData("kv:m/1 --trace-chain x", "Name either keys or a --trace-chain.")]
    [InlineData("kv:m/1 --fingerprint x", "--fingerprint and --block-bytes belong to --trace-chain.")]
    [InlineData("hex:zz", "pairs of hex digits")]
    [InlineData("--trace-chain x@0", "--trace-chain: 'x@0' is not FILE or FILE@N")]
    [InlineData("--trace-chain x@-1", "--trace-chain: 'x@-1' is not FILE or FILE@N")]
    [InlineData("--trace-chain x --block-bytes 1GiB", "--block-bytes: 1GiB is not within")]
    public async Task Explain_BadOption_IsRefused(string options, string message)
    {
        Assert.Equal(ExitCode.Usage, await RunAsync(["explain", .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries)]));

        Assert.Contains(message, _error.ToString());
    }

    [Fact]
    public async Task Explain_ARequestThatTheTraceHasNot_SaysSo()
    {
        Assert.Equal(ExitCode.Failure, await RunAsync("explain", "--trace-chain", $"{_trace}@3"));

        Assert.Contains("has 2 requests, not 3", _error.ToString());
    }

    [Fact]
    public async Task Explain_Help_HasItsNotes()
    {
        Assert.Equal(ExitCode.Success, await RunAsync("explain", "--help"));

        Assert.Contains("Notes:", _output.ToString());
    }

    private void Holds(params string[] keys) => _cache.Explanations = key => [(FakeCache.Silo, keys.Any(one => BlockKey.From(one) == key)
        ? new()
        {
            ["state"] = "present", ["version"] = "1-0000000000000001-1-0", ["length"] = "65536", ["role"] = "last-copy", ["uses"] = "255", ["leases"] = "0",
            ["ttl-ms"] = "-1", ["served"] = "yes", ["owner"] = "silo-a",
        }
        : new() { ["state"] = "absent", ["why"] = "evicted", ["ago-s"] = "300", ["was"] = "last-copy", ["owner"] = "silo-a" })];

    private Task<int> RunAsync(params string[] arguments) =>
        new KvoApplication(new Terminal(_output, _error), new FakeConnector(_cache), TimeProvider.System).RunAsync(arguments, TestContext.Current.CancellationToken);
}
