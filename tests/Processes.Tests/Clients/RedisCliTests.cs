using System.Text;
using KvOrleans.Processes.Tests.Running;

namespace KvOrleans.Processes.Tests.Clients;

/// <summary><c>redis-cli</c> as it is, with every command that the data plane has.</summary>
[Collection(SharedSilo.Name)]
public sealed class RedisCliTests(SiloFixture silo)
{
    private static readonly (string Command, string Resp2, string Resp3)[] Session =
    [
        Line("PING", "PONG"),
        Line("ECHO hello", "\"hello\""),
        Line("SELECT 0", "OK"),
        Line("SET cli one", "OK"),
        Line("GET cli", "\"one\""),
        Line("SET cli two NX", "(nil)"),
        Line("SET cli two XX EX 1000", "OK"),
        Line("TTL cli", "(integer) 1000"),
        Line("SET cli three PX 2000000", "OK"),
        Line("EXPIRE cli 3000", "(integer) 1"),
        Line("TTL cli", "(integer) 3000"),
        Line("PTTL none", "(integer) -2"),
        Line("STRLEN cli", "(integer) 5"),
        Line("MGET cli none", "1) \"three\"\n2) (nil)"),
        Line("EXISTS cli cli none", "(integer) 2"),
        Line("CLIENT SETNAME me", "OK"),
        Line("CLIENT GETNAME", "\"me\""),
        new("CONFIG GET appendonly", "1) \"appendonly\"\n2) \"no\"", "1# \"appendonly\" => \"no\""),
        Line("DEL cli none", "(integer) 1"),
        Line("UNLINK cli", "(integer) 0"),
        Line("GET cli", "(nil)"),
        Line("KV.GET cli", "(nil)"),
        Line("KV.MATCH 0 cli", "1) (integer) 0\n2) (integer) 0\n3) (nil)"),
        Line("KV.RELEASE 999999", "(integer) 0"),
        Line("KV.SET cli FOO 0 - x", "(error) ERR invalid condition: accepted are ANY, ABSENT, PRESENT and a version"),
        Line("NOSUCH x", "(error) ERR unknown command 'NOSUCH', with args beginning with: 'x' "),
        Line("AUTH x", "(error) ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?"),
    ];

    [Theory, InlineData(2), InlineData(3)]
    public async Task Script_OfEveryCommand_ShowsWhatRedisCliShows(int protocol)
    {
        var script = string.Join('\n', Session.Select(line => line.Command)) + "\n";

        var shown = await CliAsync(protocol, script, "--no-raw");

        var expected = Session.Select(line => protocol == 2 ? line.Resp2 : line.Resp3);
        Assert.Equal(string.Join('\n', expected), shown.TrimEnd('\n'));
    }

    [Theory, InlineData(2), InlineData(3)]
    public async Task Info_OfRedisCli_ListsSections(int protocol)
    {
        var shown = await CliAsync(protocol, "INFO\nDBSIZE\nCLIENT LIST\nCLIENT ID\n");

        Assert.Contains("# Server\r\nredis_version:", shown, StringComparison.Ordinal);
        Assert.Contains("staged_bytes:0\r\n", shown, StringComparison.Ordinal);
        Assert.Contains("cmd=client user=default", shown, StringComparison.Ordinal);
    }

    [Theory, InlineData(2), InlineData(3)]
    public async Task Command_OfRedisCli_NamesOurCommands(int protocol)
    {
        var shown = await CliAsync(protocol, "COMMAND\nCOMMAND COUNT\nCOMMAND LIST\nCOMMAND INFO get kv.match\nCOMMAND DOCS kv.set\n");

        Assert.Contains("kv.release", shown, StringComparison.Ordinal);
        Assert.Contains("Stores a block under a condition", shown, StringComparison.Ordinal);
    }

    [Theory, InlineData(2), InlineData(3)]
    public async Task BlockCommands_OfRedisCli_GoTogether(int protocol)
    {
        var key = $"kv:cli/{protocol}";
        var shown = await CliAsync(protocol, $"KV.SET {key} ABSENT 0 - bytes\nKV.SET {key} ABSENT 0 - bytes\nKV.GET {key}\nKV.MATCH 1000 {key} none\nKV.RELEASE 1\nDEL {key}\n");

        var lines = shown.Split('\n');
        var version = lines[1];
        Assert.Equal(["accepted", version, "present", version, version], lines[..5]);
        Assert.Equal("bytes", lines[6]);
        Assert.Equal(["1000", $"{version} 5", ""], lines[8..11]);
    }

    [Fact]
    public async Task Value_OfEightMebibytes_ComesBackThroughRedisCli()
    {
        var value = new byte[8 << 20];
        Random.Shared.NextBytes(value);
        await Tool.RunAsync("redis-tools", "redis-cli", ["-p", $"{silo.Port}", "-x", "SET", "cli-large"], value);

        var shown = await Tool.RunAsync("redis-tools", "redis-cli", ["-p", $"{silo.Port}", "GET", "cli-large"]);

        Assert.True(Encoding.Latin1.GetBytes(shown)[..^1].AsSpan().SequenceEqual(value));
    }

    private static (string Command, string Resp2, string Resp3) Line(string command, string reply) => new(command, reply, reply);

    private Task<string> CliAsync(int protocol, string script, params string[] options) => Tool.RunAsync(
        "redis-tools", "redis-cli", ["-p", $"{silo.Port}", $"-{protocol}", .. options], Encoding.Latin1.GetBytes(script));
}
