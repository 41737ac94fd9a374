using System.Net.Sockets;
using KvOrleans.Wire.Replies;

namespace KvOrleans.Wire.Connections;

/// <summary>A connection to a silo's data plane, used by one call at a time.</summary>
public abstract class RespConnection : IDisposable
{
    /// <summary>What is read ahead where payloads come: replies' heads are short, and a payload is to be received straight into its destination.</summary>
    public const int ReadAhead = 16 * 1024;

    /// <summary>Over <paramref name="stream"/>, which reads and writes <paramref name="socket"/> as it is and owns it. Both are the connection's.</summary>
    protected RespConnection(Socket socket, Stream stream, int readAhead = ReadAhead)
    {
        Socket = socket;
        Stream = stream;
        LowWater = new(socket);
        Input = new(stream, readAhead);
        Output = new(stream, socket);
        Replies = new(Input);
    }

    /// <summary>What the silo sends.</summary>
    public RespInput Input { get; }

    /// <summary>Told what is still to come of a payload.</summary>
    public ReceiveLowWater LowWater { get; }

    /// <summary>What the silo receives.</summary>
    public RespOutput Output { get; }

    /// <summary>The silo's replies, read from <see cref="Input"/>.</summary>
    public RespReplyReader Replies { get; }

    /// <summary>The connection's socket.</summary>
    protected Socket Socket { get; }

    /// <summary>What reads and writes the socket.</summary>
    protected Stream Stream { get; }

    /// <summary>Whether an idle connection can be used: the silo has neither ended it nor sent what nobody asked for.</summary>
    public bool IsUsable()
    {
        try
        {
            return !Replies.HasUnread && !Socket.Poll(0, SelectMode.SelectRead);
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            return false;
        }
    }

    /// <summary>Ends the connection from any thread; what is under way on it fails. The user still disposes of it.</summary>
    public virtual void Abort() => Stream.Dispose();

    /// <summary>Ends the connection. Only its user may, for buffers are given back.</summary>
    public virtual void Dispose()
    {
        Stream.Dispose();
        Input.Dispose();
        Output.Dispose();
        GC.SuppressFinalize(this);
    }
}
