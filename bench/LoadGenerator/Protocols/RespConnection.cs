using System.Text;
using KvOrleans.LoadGenerator.Targets;
using KvOrleans.LoadGenerator.Transport;

namespace KvOrleans.LoadGenerator.Protocols;

/// <summary>GET, SET and what the harness itself needs, in RESP2.</summary>
internal sealed class RespConnection(ITransport transport, int longestPayload) : IBenchConnection
{
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

    /// <summary>The text of INFO.</summary>
    public async Task<string> InfoAsync()
    {
        await transport.SendAsync(_command.Start("*1\r\n$4\r\nINFO\r\n"u8).Memory, default, default);
        return Encoding.UTF8.GetString((await ReceiveBulkAsync()).Span);
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
