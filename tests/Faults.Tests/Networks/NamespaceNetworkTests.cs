using System.Net;
using System.Net.Sockets;

namespace KvOrleans.Faults.Tests.Networks;

/// <summary>The cuts themselves, where they can be made at all.</summary>
public class NamespaceNetworkTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(0.5);

    [Fact]
    public async Task Cut_OfOneDirection_LosesWhatIsSentThereAlsoOnOpenConnections()
    {
        using var network = NamespaceNetwork.TryCreate(out _);
        if (network is null)
            return; // the faults' test says why, in its first line
        var node = network.Add("node");
        using var listener = node.Home.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        listener.Bind(new IPEndPoint(node.Address, node.Ports[0]));
        listener.Listen();
        using var client = network.ClientSocket();
        await client.ConnectAsync(listener.LocalEndPoint!);
        using var accepted = await listener.AcceptAsync();
        Assert.True(await ArrivesAsync(client, accepted));
        Assert.True(await ArrivesAsync(accepted, client));

        network.Cut(null, node);
        Assert.False(await ArrivesAsync(client, accepted));
        network.Heal(null, node);
        await accepted.ReceiveAsync(new byte[1]).WaitAsync(Probes.Eventually.Deadline);

        network.Cut(node, null);
        Assert.False(await ArrivesAsync(accepted, client));
        network.Heal(node, null);
        await client.ReceiveAsync(new byte[1]).WaitAsync(Probes.Eventually.Deadline);
    }

    private static async Task<bool> ArrivesAsync(Socket from, Socket to)
    {
        await from.SendAsync(new byte[1]);
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            return await to.ReceiveAsync(new byte[1], patience.Token) == 1;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
