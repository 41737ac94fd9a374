using System.Text.Json;
using KvOrleans.Cli.Commands;
using KvOrleans.Cli.Rendering;
using KvOrleans.Cli.Tests.Fakes;
using KvOrleans.Cli.Tests.Heat;
using KvOrleans.Client.Status;

namespace KvOrleans.Cli.Tests.Commands;

public sealed class TopCommandTests
{
    private static readonly string LongKey = "kv:" + new string('a', 60) + "/00000000deadbeef";

    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();
    private readonly FakeCache _cache = new()
    {
        Hot = () => [HotTopTests.Report("silo-a", 1, 8_000_000, HotTopTests.Block(LongKey, 6_000_000, 1, 2)), HotTopTests.Report("silo-b", 2, 4_000_000)],
    };

    [Fact]
    public async Task Top_Once_ShowsATableWithShortKeysAndNames()
    {
        Assert.Equal(ExitCode.Success, await RunAsync("top", "--once"));

        var shown = _output.ToString();
        foreach (var expected in new[] { "…", "00000000deadbeef", "2 MiB", "6.00", "50.00 %", "silo-a, silo-b", "1 hot block on several silos; 2 silos send 12.0 MB/s" })
            Assert.Contains(expected, shown);
        Assert.DoesNotContain(LongKey, shown);
    }

    [Fact]
    public async Task Top_OnceJson_IsOneObject()
    {
        Assert.Equal(ExitCode.Success, await RunAsync("top", "--once", "--json"));

        using var top = JsonDocument.Parse(_output.ToString());
        Assert.Equal((2, 12_000_000), (top.RootElement.GetProperty("silos").GetInt32(), top.RootElement.GetProperty("bytesPerSecond").GetInt64()));
        var block = Assert.Single(top.RootElement.GetProperty("blocks").EnumerateArray());
        Assert.Equal(Convert.ToHexStringLower(System.Text.Encoding.ASCII.GetBytes(LongKey)), block.GetProperty("keyHex").GetString());
        Assert.Equal((6_000_000, .5, 2, "silo-a"), (block.GetProperty("bytesPerSecond").GetInt64(), block.GetProperty("share").GetDouble(), block.GetProperty("copies").GetInt32(), block.GetProperty("owner").GetString()));
        Assert.Equal(["silo-a", "silo-b"], block.GetProperty("silos").EnumerateArray().Select(silo => silo.GetString()));
    }

    [Fact]
    public async Task Top_Rows_ShowsSoMany()
    {
        _cache.Hot = () => [HotTopTests.Report("silo-a", 1, 10, HotTopTests.Block("kv:cool", 1, 1), HotTopTests.Block("kv:warm", 2, 1))];

        await RunAsync("top", "--once", "--rows", "1");

        Assert.Contains("kv:warm", _output.ToString());
        Assert.DoesNotContain("kv:cool", _output.ToString());
    }

    [Fact]
    public async Task Top_OnceASiloDoesNotAnswer_SaysWhichAndFails()
    {
        _cache.Hot = () => [HotTopTests.Report("silo-a", 1, 10), new SiloHotReport(HotTopTests.Silo("silo-b", 2), "does not answer", 0, [])];

        Assert.Equal(ExitCode.Failure, await RunAsync("top", "--once"));
        Assert.Contains("kvo: silo-b does not answer.", _error.ToString());
    }

    [Theory]
    [InlineData(false, "1 hot block")]
    [InlineData(true, "{\"atSeconds\":")]
    public async Task Top_NoTerminal_WritesPlainLinesUntilItIsStopped(bool json, string begin)
    {
        using var stop = new CancellationTokenSource();
        var looks = 0;
        var hot = _cache.Hot();
        _cache.Hot = () =>
        {
            if (++looks == 2)
                stop.Cancel();
            return hot;
        };

        Assert.Equal(ExitCode.Stopped, await RunAsync(stop.Token, json ? ["top", "--json"] : ["top"]));

        var lines = _output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        Assert.Equal(2, lines.Count(line => line.StartsWith(begin, StringComparison.Ordinal)));
        Assert.DoesNotContain('\u001b', _output.ToString());
        if (json)
            Assert.All(lines, line => JsonDocument.Parse(line).Dispose());
        else
            Assert.Equal(2, lines.Count(line => line.Contains("2 copies: silo-a, silo-b")));
    }

    private Task<int> RunAsync(params string[] arguments) => RunAsync(CancellationToken.None, arguments);

    private Task<int> RunAsync(CancellationToken cancellationToken, string[] arguments) =>
        new KvoApplication(new Terminal(_output, _error), new FakeConnector(_cache), TimeProvider.System).RunAsync(arguments, cancellationToken);
}
