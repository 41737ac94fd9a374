using System.Buffers.Text;
using System.Text;
using KvOrleans.LoadGenerator.Targets;
using KvOrleans.LoadGenerator.Transport;

namespace KvOrleans.LoadGenerator.Protocols;

/// <summary>GET, SET and what the harness itself needs, in RESP2.</summary>
internal sealed class RespConnection(ITransport transport, int longestPayload) : IBenchConnection
{
    /// <summary>The array's head, version, checksum, the payload's length.</summary>
    private const int IdentityLines = 4;

    /// <summary>The array's head, lease, milliseconds.</summary>
    private const int MatchLines = 3;

    private const int LongestShown = 200;

    private readonly CommandBuffer _command = new();
    private readonly ReplyBuffer _reply = new(transport, longestPayload);

    public async ValueTask<ReadOnlyMemory<byte>> GetAsync(ReadOnlyMemory<byte> key)
    {
        _command.Start("*2\r\n$3\r\nGET\r\n$"u8).Add(key.Length).Add("\r\n"u8).Add(key.Span).Add("\r\n"u8);
        await transport.SendAsync(_command.Memory, default, default);
        return await ReceiveBulkAsync();
    }

    public async ValueTask SetAsync(ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> payload)
    {
        _command.Start("*3\r\n$3\r\nSET\r\n$"u8).Add(key.Length).Add("\r\n"u8).Add(key.Span)
            .Add("\r\n$"u8).Add(payload.Length).Add("\r\n"u8);
        await transport.SendAsync(_command.Memory, payload, Pinned.LineBreak);
        var line = await _reply.ReceiveLineAsync();
        if (!line.Span.SequenceEqual("+OK"u8))
            throw Unexpected(line);
    }

    /// <summary>Whether the server answers <c>PONG</c> to a PING; false while it still loads.</summary>
    public async Task<bool> PingAsync()
    {
        await transport.SendAsync(_command.Start("*1\r\n$4\r\nPING\r\n"u8).Memory, default, default);
        return (await _reply.ReceiveLineAsync()).Span.SequenceEqual("+PONG"u8);
    }

    /// <summary>What INFO says.</summary>
    public async Task<InfoText> InfoAsync()
    {
        await transport.SendAsync(_command.Start("*1\r\n$4\r\nINFO\r\n"u8).Memory, default, default);
        return new(Encoding.UTF8.GetString((await ReceiveBulkAsync()).Span));
    }

    /// <summary>Reads a block with <c>KV.GET</c>, as the client library does.</summary>
    /// <inheritdoc cref="GetAsync"/>
    public async ValueTask<ReadOnlyMemory<byte>> GetIdentifiedAsync(ReadOnlyMemory<byte> key)
    {
        _command.Start("*2\r\n$6\r\nKV.GET\r\n$"u8).Add(key.Length).Add("\r\n"u8).Add(key.Span).Add("\r\n"u8);
        await transport.SendAsync(_command.Memory, default, default);
        var head = await _reply.ReceiveLinesAsync(IdentityLines);
        var length = head.Span[(head.Span.LastIndexOf((byte)'\n') + 1)..];
        if (!head.Span.StartsWith("*3\r\n"u8) || length.IsEmpty || length[0] != '$')
            throw Unexpected(head);
        return await _reply.ReceivePayloadAsync(head.Length, ReplyBuffer.ParseLength(length[1..]));
    }

    /// <summary>Sends a whole <c>KV.MATCH</c> of keys that are all there.</summary>
    /// <param name="command">The command, a slice of a pinned array.</param>
    /// <param name="keys">How many keys it asks for.</param>
    /// <returns>The lease.</returns>
    public async ValueTask<long> MatchAsync(ReadOnlyMemory<byte> command, int keys)
    {
        await transport.SendAsync(command, default, default);
        var lines = (await _reply.ReceiveLinesAsync(MatchLines + keys)).Span;
        var entries = lines.Count("\n+"u8);
        var lease = lines[(lines.IndexOf((byte)':') + 1)..];
        return entries == keys && Utf8Parser.TryParse(lease, out long id, out _) ? id : throw Unexpected(lines.ToArray().AsMemory(0, Math.Min(lines.Length, LongestShown)));
    }

    /// <summary>Ends a lease of this connection.</summary>
    /// <returns>How many blocks were released.</returns>
    public ValueTask<long> ReleaseAsync(long lease)
    {
        Span<byte> digits = stackalloc byte[20];
        Utf8Formatter.TryFormat(lease, digits, out var length);
        return AskNumberAsync(_command.Start("*2\r\n$10\r\nKV.RELEASE\r\n$"u8).Add(length).Add("\r\n"u8).Add(digits[..length]).Add("\r\n"u8).Memory);
    }

    /// <summary>Sends a whole command that is answered with a number.</summary>
    public async ValueTask<long> AskNumberAsync(ReadOnlyMemory<byte> command)
    {
        await transport.SendAsync(command, default, default);
        var line = await _reply.ReceiveLineAsync();
        return line.Span[0] == ':' && Utf8Parser.TryParse(line.Span[1..], out long number, out _) ? number : throw Unexpected(line);
    }

    public ValueTask DisposeAsync()
    {
        transport.Dispose();
        return ValueTask.CompletedTask;
    }

    private async ValueTask<ReadOnlyMemory<byte>> ReceiveBulkAsync()
    {
        var line = await _reply.ReceiveLineAsync();
        if (line.Length < 2 || line.Span[0] != '$')
            throw Unexpected(line);
        var length = ReplyBuffer.ParseLength(line.Span[1..]);
        if (length < 0)
            throw new IOException("The block is absent: the server evicted it, or never stored it.");
        return await _reply.ReceivePayloadAsync(line.Length, length);
    }

    private static IOException Unexpected(ReadOnlyMemory<byte> line) => new($"Unexpected reply: {Encoding.UTF8.GetString(line.Span)}");
}
