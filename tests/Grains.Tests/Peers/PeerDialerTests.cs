using System.Net;
using System.Net.Sockets;
using System.Text;
using KvOrleans.Grains.Peers;

namespace KvOrleans.Grains.Tests.Peers;

/// <summary>What is said of a peer that does not greet as a silo does. It goes into the log.</summary>
public sealed class PeerDialerTests
{
    private const string Password = "recognizable-password";

    [Theory]
    [InlineData($"-ERR unknown command 'AUTH', with args beginning with: '{Password}' \r\n", "ERR unknown command ")]
    [InlineData($"-ERR unknown command `AUTH`, with args beginning with: `{Password}`, \r\n", "ERR unknown command ")]
    [InlineData("-WRONGPASS invalid username-password pair or user is disabled.\r\n", "WRONGPASS invalid username-password pair or user is disabled.")]
    [InlineData(":1\r\n", "not a silo")]
    public async Task DialAsync_AServerThatRefuses_RepeatsNoArgumentOfOurs(string reply, string expected)
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        var answered = AnswerAsync(server, reply);
        var dialer = new PeerDialer(new("a", Password, 1024), TimeProvider.System);

        var error = await Assert.ThrowsAsync<PeerUnreachableException>(() => dialer.DialAsync((IPEndPoint)server.LocalEndpoint, CancellationToken.None));
        await answered;

        Assert.Equal(expected, error.Message);
        Assert.Equal(expected.StartsWith("WRONGPASS", StringComparison.Ordinal), error.IsRefusal);
    }

    private static async Task AnswerAsync(TcpListener server, string reply)
    {
        using var client = await server.AcceptTcpClientAsync();
        Assert.NotEqual(0, await client.GetStream().ReadAsync(new byte[4096]));
        await client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(reply));
        Assert.Equal(0, await client.GetStream().ReadAsync(new byte[4096]));
    }
}
