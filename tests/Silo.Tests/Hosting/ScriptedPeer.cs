using System.Net;
using System.Net.Sockets;
using System.Text;

namespace KvOrleans.Silo.Tests.Hosting;

/// <summary>Stands where a silo's data plane was, and answers as the test says. Greetings are answered with OK.</summary>
internal sealed class ScriptedPeer : IAsyncDisposable
{
    /// <summary>Answers nothing and keeps the connection.</summary>
    public const string Silence = "";

    /// <summary>Behind what is answered, if anything: closes the connection.</summary>
    public const string Close = "\0close";

    private readonly TcpListener _listener;
    private readonly Func<string[], Task<string>> _answer;
    private readonly List<TcpClient> _clients = [];
    private readonly Task _accepting;
    private int _asked;

    /// <summary>Listens on <paramref name="port"/>; commands, Latin-1, are answered with what <paramref name="answer"/> says.</summary>
    public ScriptedPeer(int port, Func<string[], string> answer) : this(port, command => Task.FromResult(answer(command)))
    {
    }

    /// <inheritdoc cref="ScriptedPeer(int, Func{string[], string})"/>
    public ScriptedPeer(int port, Func<string[], Task<string>> answer)
    {
        _answer = answer;
        _listener = new(IPAddress.Loopback, port);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>How many commands came, greetings aside.</summary>
    public int Asked => Volatile.Read(ref _asked);

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _accepting;
        lock (_clients)
            _clients.ForEach(client => client.Dispose());
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync();
                lock (_clients)
                    _clients.Add(client);
                _ = ServeAsync(client);
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        try
        {
            using (client)
            {
                using var input = new BufferedStream(client.GetStream(), 64 * 1024);
                while (await ReadAsync(input) is { } command)
                {
                    var answer = await AnswerAsync(command);
                    await client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(answer.Replace(Close, "", StringComparison.Ordinal)));
                    if (answer.EndsWith(Close, StringComparison.Ordinal))
                        return;
                }
            }
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException)
        {
            // The silo closed it, or the test is over.
        }
    }

    private async Task<string> AnswerAsync(string[] command)
    {
        if (command[0] != "KV.PEER")
            Interlocked.Increment(ref _asked);
        var answer = await _answer(command);
        return command[0] == "KV.PEER" && answer.Length > 0 ? "+OK\r\n" : answer;
    }

    private static async Task<string[]?> ReadAsync(Stream input)
    {
        if (await LineAsync(input) is not { Length: > 0 } head)
            return null;
        var command = new string[int.Parse(head[1..])];
        for (var i = 0; i < command.Length; i++)
        {
            var bytes = new byte[int.Parse((await LineAsync(input))[1..]) + 2];
            await input.ReadExactlyAsync(bytes);
            command[i] = Encoding.Latin1.GetString(bytes, 0, bytes.Length - 2);
        }

        return command;
    }

    private static async Task<string> LineAsync(Stream input)
    {
        var line = new StringBuilder();
        var one = new byte[1];
        while (await input.ReadAsync(one) == 1 && one[0] != '\n')
            line.Append((char)one[0]);
        return line.ToString().TrimEnd('\r');
    }
}
