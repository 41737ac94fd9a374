using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using KvOrleans.Faults.Tests.Networks;

namespace KvOrleans.Faults.Tests.Workloads;

/// <summary>A plain RESP connection with one command at a time. Whatever goes wrong, it is to be thrown away.</summary>
internal sealed class RespClient : IDisposable
{
    private readonly Socket _socket;
    private readonly byte[] _buffer = new byte[4096];
    private int _start;
    private int _end;

    private RespClient(Socket socket) => _socket = socket;

    public static async Task<RespClient> ConnectAsync(INodeNetwork network, IPEndPoint to, CancellationToken cancellationToken)
    {
        var socket = network.ClientSocket();
        try
        {
            await socket.ConnectAsync(to, cancellationToken);
            return new(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public async Task<RespReply> AskAsync(IReadOnlyList<string> command, CancellationToken cancellationToken)
    {
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"*{command.Count}\r\n");
        foreach (var part in command)
            text.Append(CultureInfo.InvariantCulture, $"${part.Length}\r\n{part}\r\n");
        ReadOnlyMemory<byte> bytes = Encoding.Latin1.GetBytes(text.ToString());
        while (!bytes.IsEmpty)
            bytes = bytes[await _socket.SendAsync(bytes, cancellationToken)..];
        return await ReadAsync(cancellationToken);
    }

    public void Dispose() => _socket.Dispose();

    private async Task<RespReply> ReadAsync(CancellationToken cancellationToken)
    {
        var line = await LineAsync(cancellationToken);
        var (mark, rest) = (line[0], line[1..]);
        if (mark is not ('$' or '*'))
            return new(mark, rest);
        var count = int.Parse(rest, CultureInfo.InvariantCulture);
        if (count < 0)
            return new(mark, null);
        if (mark == '$')
        {
            var text = new StringBuilder(count);
            while (text.Length < count)
                text.Append(await ByteAsync(cancellationToken));
            await LineAsync(cancellationToken);
            return new(mark, text.ToString());
        }

        var elements = new List<RespReply>();
        while (elements.Count < count)
            elements.Add(await ReadAsync(cancellationToken));
        return new(mark, null, elements);
    }

    private async Task<string> LineAsync(CancellationToken cancellationToken)
    {
        var line = new StringBuilder();
        while (line.Length == 0 || line[^1] != '\n')
            line.Append(await ByteAsync(cancellationToken));
        return line.ToString(0, line.Length - 2);
    }

    private async ValueTask<char> ByteAsync(CancellationToken cancellationToken)
    {
        if (_start == _end)
        {
            (_start, _end) = (0, await _socket.ReceiveAsync(_buffer.AsMemory(), cancellationToken));
            if (_end == 0)
                throw new EndOfStreamException("closed");
        }

        return (char)_buffer[_start++];
    }
}
