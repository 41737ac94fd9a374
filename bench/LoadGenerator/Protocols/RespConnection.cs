using System.Text;
using KvOrleans.LoadGenerator.Targets;
using KvOrleans.LoadGenerator.Transport;

namespace KvOrleans.LoadGenerator.Protocols;

/// <summary>GET, SET and what the harness itself needs, in RESP2.</summary>
internal sealed class RespConnection(ITransport transport, int longestPayload) : IBenchConnection
{
    /// <summary>The array's head, version, checksum, the payload's length.</summary>
    private const int IdentityLines = 4;

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
