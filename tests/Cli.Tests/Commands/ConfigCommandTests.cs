using System.Net;
using System.Text.Json;
using KvOrleans.Cli.Commands;
using KvOrleans.Cli.Rendering;
using KvOrleans.Cli.Tests.Fakes;
using KvOrleans.Client.Status;

namespace KvOrleans.Cli.Tests.Commands;

public sealed class ConfigCommandTests
{
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();
    private readonly FakeCache _cache = new()
    {
        Options = () => [Silo("silo-a", "0.15", "6380", "set"), Silo("silo-b", "0.15", "6381", "set"), Silo("silo-c", "0.4", "6382", "not set")],
    };

    [Fact]
    public async Task Config_OfAll_ShowsWhatDiffersOrIsNotTheDefault()
    {
        Assert.Equal(ExitCode.Success, await RunAsync("config"));

        var lines = Lines();
        Assert.Contains(lines, line => line is ["Copies:Share", "0.15", "default", "silo-a, silo-b", "DIFFERS"]);
        Assert.Contains(lines, line => line is ["", "0.4", "", "silo-c", ""]);
        Assert.Contains(lines, line => line is ["DataPlane:Port", "6380", "default", "silo-a", ""]);
        Assert.Contains(lines, line => line is ["DataPlane:Password", "set", "", "silo-a, silo-b", "DIFFERS"]);
        Assert.Contains(lines, line => line is ["Drain:Grace", "00:01:00", "", "all", ""]);
        Assert.DoesNotContain("Zone", _output.ToString());
        Assert.Contains("3 silos, 2 options differ that should not", _output.ToString());
    }

    [Fact]
    public async Task Config_OfAllWithAll_ShowsEveryOption()
    {
        Assert.Equal(ExitCode.Success, await RunAsync("config", "--all"));

        Assert.Contains(Lines(), line => line is ["Zone", "–", "default", "all", ""]);
    }

    [Fact]
    public async Task Config_OfOne_ShowsAllOfItsOptionsBesideTheOthers()
    {
        Assert.Equal(ExitCode.Success, await RunAsync("config", "silo-c"));

        var lines = Lines();
        Assert.Contains(lines, line => line is ["Copies:Share", "0.4", "", "silo-c", "DIFFERS"]);
        Assert.Contains(lines, line => line is ["", "0.15", "default", "silo-a, silo-b", ""]);
        Assert.Contains(lines, line => line is ["Zone", "–", "default", "all", ""]);
    }

    [Fact]
    public async Task Config_Json_IsOneObject()
    {
        Assert.Equal(ExitCode.Success, await RunAsync("config", "--json"));

        using var json = JsonDocument.Parse(_output.ToString());
        Assert.Equal(3, json.RootElement.GetProperty("silos").GetArrayLength());
        var options = json.RootElement.GetProperty("options").EnumerateArray().ToDictionary(option => option.GetProperty("name").GetString()!);
        Assert.Equal(["Copies:Share", "DataPlane:Password", "DataPlane:Port", "Drain:Grace"], options.Keys.Order(StringComparer.Ordinal));
        Assert.Equal((true, false, true), (Flag("Copies:Share", "differs"), Flag("DataPlane:Port", "differs"), Flag("DataPlane:Password", "secret")));
        var values = options["Copies:Share"].GetProperty("values").EnumerateArray().ToList();
        Assert.Equal(("0.15", true, 2), (values[0].GetProperty("value").GetString(), values[0].GetProperty("isDefault").GetBoolean(), values[0].GetProperty("silos").GetArrayLength()));
        Assert.Equal(("0.4", false, "silo-c"), (values[1].GetProperty("value").GetString(), values[1].GetProperty("isDefault").GetBoolean(), values[1].GetProperty("silos")[0].GetString()));

        bool Flag(string option, string name) => options[option].GetProperty(name).GetBoolean();
    }

    [Fact]
    public async Task Config_ASiloKnowsAnOptionThatTheOthersDoNot_Differs()
    {
        var more = Silo("silo-b", "0.15", "6381", "set");
        _cache.Options = () => [Silo("silo-a", "0.15", "6380", "set"), more with { Options = [.. more.Options, new("New:Option", "1", "1", false, false)] }];

        await RunAsync("config");

        Assert.Contains(Lines(), line => line is ["New:Option", "not known", "", "silo-a", "DIFFERS"]);
    }

    [Fact]
    public async Task Config_ASiloDoesNotAnswer_SaysWhichAndFails()
    {
        _cache.Options = () => [Silo("silo-a", "0.15", "6380", "set"), Silo("silo-b", "", "", "") with { Failure = "does not answer", Options = [] }];

        Assert.Equal(ExitCode.Failure, await RunAsync("config"));

        Assert.Equal("kvo: silo-b does not answer.", _error.ToString().Trim());
        Assert.DoesNotContain("DIFFERS", _output.ToString());
    }

    [Fact]
    public async Task Config_OfAnUnknownSilo_NamesThoseThereAre()
    {
        Assert.Equal(ExitCode.Failure, await RunAsync("config", "silo-d"));

        Assert.Equal("kvo: no silo is called 'silo-d'; there are: silo-a, silo-b, silo-c.", _error.ToString().Trim());
    }

    private static SiloOptionsReport Silo(string name, string share, string port, string password) => new(
        new(name, "", 1, new(IPAddress.Loopback, 6380), new((ulong)name[^1])), null,
        [
            new("Zone", "", "", false, true), new("Copies:Share", share, "0.15", false, false), new("DataPlane:Port", port, "6380", false, true),
            new("DataPlane:Password", password, "not set", true, false), new("Drain:Grace", "00:01:00", "00:00:25", false, false),
        ]);

    /// <summary>The cells of the table's lines.</summary>
    private List<string[]> Lines() =>
        [.. _output.ToString().Split('\n').Select(line => line.Split('│')).Where(cells => cells.Length > 2).Select(cells => cells[1..^1].Select(cell => cell.Trim()).ToArray())];

    private Task<int> RunAsync(params string[] arguments) =>
        new KvoApplication(new Terminal(_output, _error), new FakeConnector(_cache), TimeProvider.System).RunAsync(arguments, TestContext.Current.CancellationToken);
}
