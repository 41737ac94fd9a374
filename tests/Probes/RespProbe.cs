using System.Net;
using System.Net.Sockets;
using System.Text;

namespace KvOrleans.Probes;

/// <summary>A plain RESP connection that shows every byte. No wait is longer than its deadline.</summary>
internal sealed class RespProbe : IDisposable
{
    private readonly Socket _socket;
    private byte[] _buffer;
    private int _start;
    private int _end;

    public RespProbe(int port, int receiveBuffer = 0, int buffer = 64 * 1024)
        : this(new IPEndPoint(IPAddress.Loopback, port), receiveBuffer, buffer)
    {
    }

    public RespProbe(IPEndPoint silo, int receiveBuffer = 0, int buffer = 64 * 1024)
    {
        _buffer = new byte[buffer];
        _socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (receiveBuffer > 0)
            _socket.ReceiveBufferSize = receiveBuffer;
        _socket.SendTimeout = _socket.ReceiveTimeout = (int)Eventually.Deadline.TotalMilliseconds;
        _socket.Connect(silo);
    }

    /// <summary>A command in its RESP form. Text is Latin-1: every char a byte.</summary>
    public static byte[] Frame(params string[] arguments)
    {
        var frame = new MemoryStream();
        frame.Write(Encoding.Latin1.GetBytes($"*{arguments.Length}\r\n"));
        foreach (var argument in arguments)
            frame.Write(Encoding.Latin1.GetBytes($"${argument.Length}\r\n{argument}\r\n"));
        return frame.ToArray();
    }

    /// <summary>Sends a command and returns its whole reply, byte for byte.</summary>
    public string Ask(params string[] arguments)
    {
        Send(Frame(arguments));
        return ReadReply();
    }

    public void Send(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
            bytes = bytes[_socket.Send(bytes)..];
    }

    public void Send(string latin1) => Send(Encoding.Latin1.GetBytes(latin1));

    /// <summary>Sends one byte at a time, each in a segment of its own.</summary>
    public void Drip(ReadOnlySpan<byte> bytes)
    {
        for (var i = 0; i < bytes.Length; i++)
            Send(bytes.Slice(i, 1));
    }

    /// <summary>Sends what fits until the peer takes no more.</summary>
    /// <returns>How many bytes it took.</returns>
    public long SendUntilStuck(ReadOnlySpan<byte> bytes, TimeSpan stuck)
    {
        _socket.SendTimeout = (int)stuck.TotalMilliseconds;
        var sent = 0L;
        try
        {
            while (true)
                sent += _socket.Send(bytes);
        }
        catch (SocketException)
        {
            return sent;
        }
        finally
        {
            _socket.SendTimeout = (int)Eventually.Deadline.TotalMilliseconds;
        }
    }

    /// <summary>The next whole reply, byte for byte as Latin-1.</summary>
    public string ReadReply()
    {
        var length = Measure(0);
        var reply = Encoding.Latin1.GetString(_buffer, _start, length);
        _start += length;
        return reply;
    }

    /// <summary>The next <paramref name="count"/> replies.</summary>
    public string[] ReadReplies(int count) => [.. Enumerable.Range(0, count).Select(_ => ReadReply())];

    /// <summary>Receives bytes and forgets them, without allocating.</summary>
    public void Skip(long count, Action<int>? received = null)
    {
        var buffered = (int)Math.Min(count, _end - _start);
        _start += buffered;
        count -= buffered;
        received?.Invoke(buffered);
        while (count > 0)
        {
            var part = _socket.Receive(_buffer.AsSpan(0, (int)Math.Min(count, _buffer.Length)));
            if (part == 0)
                throw new EndOfStreamException($"The peer closed {count} bytes early.");
            count -= part;
            received?.Invoke(part);
        }

        if (_start == _end)
            _start = _end = 0;
    }

    /// <summary>All that comes until the peer closes.</summary>
    public string ReadToEnd()
    {
        try
        {
            while (Fill())
            {
                // Until it ends.
            }
        }
        catch (SocketException error) when (error.SocketErrorCode is SocketError.ConnectionReset or SocketError.ConnectionAborted)
        {
            // Closed with something unread: also an end.
        }

        var rest = Encoding.Latin1.GetString(_buffer, _start, _end - _start);
        _start = _end;
        return rest;
    }

    /// <summary>Says that nothing more will be sent.</summary>
    public void EndSending() => _socket.Shutdown(SocketShutdown.Send);

    /// <summary>Cuts the connection: the peer sees a reset.</summary>
    public void Cut() => _socket.Close(0);

    public void Dispose() => _socket.Dispose();

    private int Measure(int at)
    {
        var lineEnd = LineEnd(at);
        var next = lineEnd + 2;
        var line = Encoding.Latin1.GetString(_buffer, _start + at, lineEnd - at);
        return line[0] switch
        {
            '$' or '=' or '!' => Bulk(next, int.Parse(line[1..])),
            '*' or '~' or '>' => Elements(next, int.Parse(line[1..])),
            '%' => Elements(next, int.Parse(line[1..]) * 2),
            '+' or '-' or ':' or '_' or '#' or ',' or '(' => next,
            _ => throw new InvalidDataException($"Not a reply: {line}"),
        };
    }

    private int Bulk(int at, int length)
    {
        if (length < 0)
            return at;
        Need(at + length + 2);
        return at + length + 2;
    }

    private int Elements(int at, int count)
    {
        for (var i = 0; i < count; i++)
            at = Measure(at);
        return at;
    }

    private int LineEnd(int at)
    {
        for (var from = at; ;)
        {
            var found = _buffer.AsSpan(_start + from, _end - _start - from).IndexOf("\r\n"u8);
            if (found >= 0)
                return from + found;
            from = Math.Max(at, _end - _start - 1);
            Need(_end - _start + 1);
        }
    }

    private void Need(int count)
    {
        while (_end - _start < count)
        {
            if (!Fill())
                throw new EndOfStreamException($"The peer closed after {_end - _start} of {count} bytes.");
        }
    }

    private bool Fill()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }

        if (_end == _buffer.Length)
            Array.Resize(ref _buffer, _buffer.Length * 2);
        var count = _socket.Receive(_buffer.AsSpan(_end));
        _end += count;
        return count > 0;
    }
}
