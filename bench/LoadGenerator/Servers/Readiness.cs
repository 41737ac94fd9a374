using System.Net.Sockets;
using KvOrleans.LoadGenerator.Networks;
using KvOrleans.LoadGenerator.Protocols;
using KvOrleans.LoadGenerator.Transport;

namespace KvOrleans.LoadGenerator.Servers;

/// <summary>Asks a server whether it answers yet.</summary>
internal static class Readiness
{
    private const int LongestReply = 1024;

    public static Task<bool> RespAsync(int port, CancellationToken cancellation) => TryAsync(async () =>
    {
        await using var connection = new RespConnection(await ConnectAsync(port, cancellation), LongestReply);
        return await connection.PingAsync();
    });

    /// <summary>The same in a place of its own.</summary>
    public static Task<bool> RespAsync(Place place, int port, CancellationToken cancellation) => TryAsync(async () =>
    {
        using var dialogue = await RespDialogue.ConnectAsync(place.NewSocket(), new(place.Address, port), cancellation);
        return await dialogue.AskAsync(cancellation, "PING") is "PONG";
    });

    public static Task<bool> MemcachedAsync(int port, CancellationToken cancellation) => TryAsync(async () =>
    {
        await using var connection = new MemcachedConnection(await ConnectAsync(port, cancellation), LongestReply);
        return await connection.PingAsync();
    });

    private static Task<ITransport> ConnectAsync(int port, CancellationToken cancellation) =>
        Transports.ConnectAsync(TransportKind.Blocking, port, cancellation);

    private static async Task<bool> TryAsync(Func<Task<bool>> attempt)
    {
        try
        {
            return await attempt();
        }
        catch (Exception error) when (error is SocketException or IOException)
        {
            return false;
        }
    }
}
