using System.Text;
using KvOrleans.LoadGenerator.Targets;
using KvOrleans.LoadGenerator.Transport;

namespace KvOrleans.LoadGenerator.Protocols;

/// <summary>Memcached's meta commands: <c>mg</c> and <c>ms</c>.</summary>
/// <remarks>Source: https://github.com/memcached/memcached/blob/master/doc/protocol.txt.</remarks>
internal sealed class MemcachedConnection(ITransport transport, int longestPayload) : IBenchConnection
{
    private readonly CommandBuffer _command = new();
    private readonly ReplyBuffer _reply = new(transport, longestPayload);

    public async ValueTask<ReadOnlyMemory<byte>> GetAsync(ReadOnlyMemory<byte> key)
    {
        await transport.SendAsync(_command.Start("mg "u8).Add(key.Span).Add(" v\r\n"u8).Memory, default, default);
        var line = await _reply.ReceiveLineAsync();
        if (line.Span.SequenceEqual("EN"u8))
            throw new IOException("The block is absent: the server evicted it, or never stored it.");
        if (!line.Span.StartsWith("VA "u8))
            throw Unexpected(line);
        return await _reply.ReceivePayloadAsync(line.Length, ReplyBuffer.ParseLength(line.Span[3..]));
    }

    public async ValueTask SetAsync(ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> payload)
    {
        _command.Start("ms "u8).Add(key.Span).Add(" "u8).Add(payload.Length).Add("\r\n"u8);
        await transport.SendAsync(_command.Memory, payload, Pinned.LineBreak);
        var line = await _reply.ReceiveLineAsync();
        if (!line.Span.SequenceEqual("HD"u8))
            throw Unexpected(line);
    }

    /// <summary>Whether the server answers the meta no-op.</summary>
    public async Task<bool> PingAsync()
    {
        await transport.SendAsync(_command.Start("mn\r\n"u8).Memory, default, default);
        return (await _reply.ReceiveLineAsync()).Span.SequenceEqual("MN"u8);
    }

    public ValueTask DisposeAsync()
    {
        transport.Dispose();
        return ValueTask.CompletedTask;
    }

    private static IOException Unexpected(ReadOnlyMemory<byte> line) => new($"Unexpected reply: {Encoding.UTF8.GetString(line.Span)}");
}
