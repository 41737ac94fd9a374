using System.Net;
using System.Net.Sockets;

namespace KvOrleans.Silo.DataPlane;

internal sealed partial class DataPlaneServer
{
    [LoggerMessage(LogLevel.Information, "The data plane listens on {Endpoint}.")]
    private partial void LogListening(IPEndPoint endpoint);

    [LoggerMessage(LogLevel.Information, "The data plane is closed.")]
    private partial void LogClosed();

    [LoggerMessage(LogLevel.Warning, "A connection could not be accepted: {Reason}.")]
    private partial void LogNotAccepted(SocketError reason);

    [LoggerMessage(LogLevel.Warning, "Connection {Session} was closed: it kept the silo waiting in the middle of a command or a reply for more than {Timeout}.")]
    private partial void LogStalled(long session, TimeSpan timeout);

    [LoggerMessage(LogLevel.Error, "Connection {Session} was closed by an error in the silo.")]
    private partial void LogSessionFailed(Exception error, long session);

    [LoggerMessage(LogLevel.Error, "Expired blocks and stalled connections could not be looked after; it is tried again.")]
    private partial void LogHouseKeepingFailed(Exception error);
}
