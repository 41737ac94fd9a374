using KvOrleans.Processes.Tests.Running;

namespace KvOrleans.Processes.Tests.ClientFailover;

/// <summary>Inference nodes that start while one silo's machine stands still: its gateway takes connections, and says nothing.</summary>
public sealed class SilentGatewayTests
{
    // Each begins with a gateway of its own choice.
    private const int Clients = 8;

    // Orleans alone takes from forty seconds to more than a minute.
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(25);

    [Fact]
    public async Task ConnectAsync_WhileOneGatewayIsSilent_IsReadyByTheOthers()
    {
        await using var trio = await SiloTrio.StartAsync();
        trio.Silos[1].Pause();

        var clients = await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => trio.ConnectAsync(Soon)));

        try
        {
            foreach (var client in clients)
                Assert.Contains((await client.GetMapAsync(Soon)).Silos, silo => silo.Name == "a");
        }
        finally
        {
            await Task.WhenAll(clients.Select(client => client.DisposeAsync().AsTask()));
            trio.Silos[1].Resume();
        }
    }
}
