using System.Text;
using KvOrleans.Probes;
using KvOrleans.Processes.Tests.Running;

namespace KvOrleans.Processes.Tests.Twin;

/// <summary>Says the same to ours and to a real Redis and compares the replies byte by byte.</summary>
public sealed class RedisTwinTests(SiloFixture silo, RedisFixture redis) : IClassFixture<SiloFixture>, IClassFixture<RedisFixture>
{
    /// <summary>Every script in both protocols.</summary>
    public static TheoryData<string, int> Scripts
    {
        get
        {
            var data = new TheoryData<string, int>();
            foreach (var name in TwinScripts.Commands.Keys)
            {
                data.Add(name, 2);
                data.Add(name, 3);
            }

            return data;
        }
    }

    /// <summary>Every piece of raw bytes.</summary>
    public static TheoryData<string> RawBytes => [.. TwinScripts.Raw.Keys];

    [Theory, MemberData(nameof(Scripts))]
    public void Reply_OfAScript_IsRedisToTheByte(string script, int protocol)
    {
        using var ours = Open(silo.Port, protocol);
        using var theirs = Open(redis.Port, protocol);

        var differences = new StringBuilder();
        foreach (var command in TwinScripts.Commands[script])
        {
            var (got, expected) = (ours.Ask(command), theirs.Ask(command));
            var shown = Shown(string.Join(' ', command));
            expected = TwinDifferences.InProtocol(TwinDifferences.Ours.GetValueOrDefault($"{script}: {shown}"), protocol) ?? expected;
            if (got != expected)
                differences.AppendLine($"{shown}\n  ours:  {Shown(got)}\n  Redis: {Shown(expected)}");
        }

        Assert.True(differences.Length == 0, differences.ToString());
    }

    [Theory, MemberData(nameof(RawBytes))]
    public void Reply_OfRawBytes_IsRedisToTheByte(string name)
    {
        var (got, expected) = (Say(silo.Port, name), Say(redis.Port, name));

        Assert.Equal(TwinDifferences.Ours.GetValueOrDefault(name) ?? expected, got);
    }

    private static RespProbe Open(int port, int protocol)
    {
        var probe = new RespProbe(port);
        if (protocol == 3)
            Assert.StartsWith("%7\r\n$6\r\nserver\r\n$5\r\nredis\r\n$7\r\nversion\r\n", probe.Ask("HELLO", "3"), StringComparison.Ordinal);
        return probe;
    }

    private static string Say(int port, string name)
    {
        using var probe = new RespProbe(port);
        probe.Send(TwinScripts.Raw[name]);
        probe.EndSending();
        return probe.ReadToEnd();
    }

    private static string Shown(string text)
    {
        var shown = text.Replace("\r", "\\r", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal).Replace("\0", "\\0", StringComparison.Ordinal);
        return shown.Length <= 400 ? shown : shown[..400] + "…";
    }
}
