using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace KvOrleans.Client.Tests.Scripted;

/// <summary>A <see cref="ScriptedSilo"/>'s end of a connection. Arguments are Latin-1, so that any bytes pass.</summary>
internal sealed class ScriptedConnection(Socket socket, int number) : IDisposable
{
    private readonly NetworkStream _stream = new(socket, ownsSocket: true);
    private readonly BufferedStream _input = new(new NetworkStream(socket), 64 * 1024);

    public int Number => number;

    public Task SendAsync(string text) => SendAsync(Encoding.Latin1.GetBytes(text));

    public async Task SendAsync(ReadOnlyMemory<byte> bytes) => await _stream.WriteAsync(bytes);

    /// <summary>The next command; null when the client has ended the connection.</summary>
    public async Task<string[]?> ReadCommandAsync()
    {
        if (await ReadLineAsync() is not { } head)
            return null;
        var command = new string[int.Parse(head[1..], CultureInfo.InvariantCulture)];
        for (var i = 0; i < command.Length; i++)
        {
            var length = int.Parse((await ReadLineAsync() ?? throw new EndOfStreamException())[1..], CultureInfo.InvariantCulture);
            var bytes = new byte[length + 2];
            await _input.ReadExactlyAsync(bytes);
            command[i] = Encoding.Latin1.GetString(bytes, 0, length);
        }

        return command;
    }

    /// <summary>Reads on until the client has ended the connection.</summary>
    public async Task WaitForEndAsync()
    {
        try
        {
            while (await _input.ReadAsync(new byte[1024]) > 0)
                continue;
        }
        catch (IOException)
        {
        }
    }

    public void Dispose() => _stream.Dispose();

    private async Task<string?> ReadLineAsync()
    {
        var line = new StringBuilder();
        var one = new byte[1];
        while (await _input.ReadAsync(one) > 0)
        {
            if (one[0] == '\n')
                return line.ToString(0, line.Length - 1);
            line.Append((char)one[0]);
        }

        return null;
    }
}
