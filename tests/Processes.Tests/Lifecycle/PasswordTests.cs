using KvOrleans.Probes;
using KvOrleans.Processes.Tests.Running;

namespace KvOrleans.Processes.Tests.Lifecycle;

/// <summary>With a password nothing but <c>AUTH</c>, <c>HELLO</c> and <c>QUIT</c> is answered before it was given; as Redis, to the byte.</summary>
public sealed class PasswordTests(LockedPairFixture pair) : IClassFixture<LockedPairFixture>
{
    [Theory]
    [InlineData("GET k|PING|FOO|SET k|COMMAND|HELLO 2|HELLO 3|HELLO 3 AUTH default wrong|AUTH wrong|AUTH default wrong|AUTH other right|AUTH|AUTH a b c|PING")]
    [InlineData("AUTH {p}|PING|SET k v|GET k|AUTH wrong|GET k|DEL k")]
    [InlineData("AUTH default {p}|PING|AUTH default {p}|AUTH other {p}|PING")]
    [InlineData("AUTH |AUTH default |QUIT")]
    public void Reply_AroundAuthentication_IsRedisToTheByte(string script)
    {
        using var ours = new RespProbe(pair.Port);
        using var theirs = new RespProbe(pair.RedisPort);

        foreach (var command in script.Split('|'))
        {
            string[] words = [.. command.Split(' ').Select(word => word.Replace("{p}", LockedPairFixture.Password, StringComparison.Ordinal))];
            Assert.Equal($"{command}: {theirs.Ask(words)}", $"{command}: {ours.Ask(words)}");
        }
    }

    [Theory]
    [InlineData("*11\r\n")]
    [InlineData("*2\r\n$4\r\nAUTH\r\n$16385\r\n")]
    [InlineData("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$16385\r\n")]
    public void LargeRequest_BeforeAuthentication_IsRefusedAndClosed(string frame)
    {
        using var ours = new RespProbe(pair.Port);
        using var theirs = new RespProbe(pair.RedisPort);
        ours.Send(frame);
        theirs.Send(frame);

        var reply = ours.ReadToEnd();

        Assert.Equal(theirs.ReadToEnd(), reply);
        Assert.StartsWith("-ERR Protocol error: unauthenticated", reply, StringComparison.Ordinal);
    }

    [Fact]
    public void Hello_WithThePassword_OpensTheConnectionInResp3()
    {
        using var probe = new RespProbe(pair.Port);

        Assert.StartsWith("%7\r\n", probe.Ask("HELLO", "3", "AUTH", "default", LockedPairFixture.Password), StringComparison.Ordinal);
        Assert.Equal("_\r\n", probe.Ask("GET", "none"));
    }

    [Fact]
    public void Password_GivenAndRefused_IsNeverWritten()
    {
        using var probe = new RespProbe(pair.Port);
        probe.Ask("AUTH", LockedPairFixture.Password + "x");
        probe.Ask("AUTH", LockedPairFixture.Password);
        probe.Ask("CLIENT", "LIST");
        probe.Ask("FOO", LockedPairFixture.Password);
        probe.Send("*z\r\n");
        probe.ReadToEnd();

        Assert.DoesNotContain(LockedPairFixture.Password, pair.Written, StringComparison.Ordinal);
    }
}
