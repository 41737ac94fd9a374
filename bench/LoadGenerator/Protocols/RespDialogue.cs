using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using KvOrleans.LoadGenerator.Servers;

namespace KvOrleans.LoadGenerator.Protocols;

/// <summary>Questions of any kind to a server, and what it answers, in RESP2. For watching, not for load. For one caller at a time.</summary>
internal sealed class RespDialogue : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly Socket _socket;
    private readonly StreamReader _answers;

    // One character a byte, so that lengths in bytes are lengths in characters.
    private RespDialogue(Socket socket)
    {
        _socket = socket;
        _answers = new(new NetworkStream(socket, ownsSocket: false), Encoding.Latin1, detectEncodingFromByteOrderMarks: false);
    }

    /// <summary>Connects <paramref name="socket"/>, which is the dialogue's from now on.</summary>
    public static async Task<RespDialogue> ConnectAsync(Socket socket, IPEndPoint server, CancellationToken cancellation)
    {
        try
        {
            await WithinPatienceAsync(async token =>
            {
                await socket.ConnectAsync(server, token);
                return true;
            }, cancellation);
            return new(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Sends a command.</summary>
    /// <returns>The answer: <see cref="string"/>, <see cref="long"/>, an array of answers, or null.</returns>
    /// <exception cref="ServerException">It is an error.</exception>
    /// <exception cref="IOException">None came. Nothing can be asked here any more.</exception>
    public async Task<object?> AskAsync(CancellationToken cancellation, params string[] words)
    {
        var command = new StringBuilder().Append(CultureInfo.InvariantCulture, $"*{words.Length}\r\n");
        foreach (var word in words)
            command.Append(CultureInfo.InvariantCulture, $"${word.Length}\r\n{word}\r\n");
        return await WithinPatienceAsync(async token =>
        {
            await _socket.SendAsync(Encoding.Latin1.GetBytes(command.ToString()), token);
            return await ReceiveAsync(token);
        }, cancellation);
    }

    /// <summary>What INFO says.</summary>
    public async Task<InfoText> InfoAsync(CancellationToken cancellation) => new((string?)await AskAsync(cancellation, "INFO") ?? "");

    public void Dispose()
    {
        _answers.Dispose();
        _socket.Dispose();
    }

    private static async Task<T> WithinPatienceAsync<T>(Func<CancellationToken, Task<T>> work, CancellationToken cancellation)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(Patience);
        try
        {
            return await work(deadline.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new IOException($"The server did not answer within {Patience.TotalSeconds} s.");
        }
    }

    private async Task<object?> ReceiveAsync(CancellationToken cancellation)
    {
        var line = await _answers.ReadLineAsync(cancellation) ?? throw new IOException("The server closed the connection.");
        switch (line.Length > 0 ? line[0] : ' ')
        {
            case '+':
                return line[1..];
            case '-':
                throw new ServerException($"The server answered: {line[1..]}");
            case ':':
                return NumberOf(line);
            case '$':
                return await ReceiveTextAsync((int)NumberOf(line), cancellation);
            case '*':
                var count = (int)NumberOf(line);
                if (count < 0)
                    return null;
                var answers = new object?[count];
                for (var i = 0; i < count; i++)
                    answers[i] = await ReceiveAsync(cancellation);
                return answers;
            default:
                throw new IOException($"Unexpected reply: {line}");
        }
    }

    private async Task<string?> ReceiveTextAsync(int length, CancellationToken cancellation)
    {
        const int LineBreak = 2;
        if (length < 0)
            return null;
        var text = new char[length + LineBreak];
        if (await _answers.ReadBlockAsync(text, cancellation) < text.Length)
            throw new IOException("The server closed the connection.");
        return new(text, 0, length);
    }

    private static long NumberOf(string line) =>
        long.TryParse(line.AsSpan(1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : throw new IOException($"Unexpected reply: {line}");
}
