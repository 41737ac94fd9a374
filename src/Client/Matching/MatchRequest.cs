using System.Buffers.Text;
using System.Net;
using System.Text;
using KvOrleans.Client.Connections;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Wire.Replies;
using KvOrleans.Wire.Tracing;
using KvOrleans.Wire;

namespace KvOrleans.Client.Matching;

/// <summary><c>KV.MATCH</c>: which of a silo's part of a chain are there, leased in the same step.</summary>
/// <param name="blocks">The keys to ask for. They are the request's own: versions and lengths are filled in where the silo has the block, whoever still waits for them.</param>
/// <param name="lease">How long to lease.</param>
/// <param name="isShort">What awaits <see cref="Answered"/> is short and never waits for anything: it goes on at once, where the reply was read.</param>
internal sealed class MatchRequest(MatchedBlock[] blocks, TimeSpan lease, bool isShort = false) : LeaseRequest
{
    /// <summary>The length of a block that the silo does not have and cannot say to be absent.</summary>
    public const int Elsewhere = -1;

    private const int MostOthers = 1024;
    private const int LongestEndpoint = 64;

    private readonly TaskCompletionSource<MatchGrant> _answered =
        new(isShort ? TaskCreationOptions.None : TaskCreationOptions.RunContinuationsAsynchronously);

    // Who sends it may be another caller's flow.
    private readonly string? _trace = Traces.CurrentId;

    /// <summary>The keys and, when the silo has answered, what it has.</summary>
    public MatchedBlock[] Blocks => blocks;

    /// <summary>Who is told of silence; null for nobody.</summary>
    public IMatchWatch? Watch { get; init; }

    /// <summary>The silo's answer. It fails when there is none, and is cancelled by <see cref="Abandon"/>.</summary>
    public Task<MatchGrant> Answered => _answered.Task;

    /// <inheritdoc/>
    public override void Write(RespOutput output)
    {
        Traces.Write(output, _trace);
        output.WriteArrayHeader(2 + blocks.Length);
        output.WriteBulk("KV.MATCH"u8);
        WriteNumber(output, (long)Math.Clamp(lease.TotalMilliseconds, 1, uint.MaxValue));
        foreach (var block in blocks)
            output.WriteBulk(block.Key.Span);
    }

    /// <summary>Waits for the reply. When it comes later than <paramref name="cancellationToken"/> allows, its lease is released.</summary>
    public async ValueTask<MatchGrant> WaitAsync(CancellationToken cancellationToken)
    {
        using var registration = cancellationToken.UnsafeRegister(
            static (request, token) => ((MatchRequest)request!)._answered.TrySetCanceled(token), this);
        return await _answered.Task.ConfigureAwait(false);
    }

    /// <summary>Nobody waits any more: when the reply comes, its lease is released.</summary>
    public void Abandon() => _answered.TrySetCanceled();

    /// <inheritdoc/>
    public override bool Silent(TimeSpan silence) => !_answered.Task.IsCompleted && Watch?.Silent(silence) == true;

    /// <inheritdoc/>
    public override void Heard(TimeSpan silence) => Watch?.Heard(silence);

    /// <inheritdoc/>
    public override async ValueTask<long> ReadReplyAsync(RespReplyReader replies, RespReplyLine first, CancellationToken cancellationToken)
    {
        if (first.Type == RespReplyType.Error)
        {
            _answered.TrySetResult(new(0, TimeSpan.Zero, -1, SiloError.Read(replies.Text)));
            return 0;
        }

        var more = first.Number - 2 - blocks.Length;
        if (first.Type != RespReplyType.Array || more is not (0 or 1))
            throw new RespProtocolException("the reply to a match does not have the match's size");
        var id = await ReadNumberAsync(replies, cancellationToken).ConfigureAwait(false);
        var granted = await ReadNumberAsync(replies, cancellationToken).ConfigureAwait(false);
        var last = -1;
        var mapId = 0L;
        for (var i = 0; i < blocks.Length; i++)
        {
            var line = await replies.ReadLineAsync(cancellationToken).ConfigureAwait(false);
            switch (line.Type)
            {
                case RespReplyType.Null:
                    break;
                case RespReplyType.Integer:
                    mapId = Math.Max(mapId, line.Number);
                    blocks[i] = new(blocks[i].Key, default, Elsewhere);
                    break;
                case RespReplyType.SimpleString:
                    blocks[i] = ReadEntry(replies.Text, blocks[i].Key);
                    last = i;
                    break;
                default:
                    throw new RespProtocolException($"a match's entry was expected, a {line.Type} came");
            }
        }

        var others = more == 1 ? await ReadOthersAsync(replies, cancellationToken).ConfigureAwait(false) : null;
        var grant = new MatchGrant(id, TimeSpan.FromMilliseconds(Math.Clamp(granted, 0, int.MaxValue)), last, null, mapId, others);
        return _answered.TrySetResult(grant) ? 0 : id;
    }

    /// <inheritdoc/>
    public override void Fail(NoConnectionException error) => _answered.TrySetException(error);

    /// <summary>Endpoints, an array of bulk strings.</summary>
    private static async ValueTask<IReadOnlyList<IPEndPoint>> ReadOthersAsync(RespReplyReader replies, CancellationToken cancellationToken)
    {
        var line = await replies.ReadLineAsync(cancellationToken).ConfigureAwait(false);
        if (line.Type != RespReplyType.Array || line.Number > MostOthers)
            throw new RespProtocolException($"a list of silos was expected, a {line.Type} came");
        var others = new IPEndPoint[line.Number];
        for (var i = 0; i < others.Length; i++)
            others[i] = await ReadEndpointAsync(replies, cancellationToken).ConfigureAwait(false);
        return others;
    }

    private static async ValueTask<IPEndPoint> ReadEndpointAsync(RespReplyReader replies, CancellationToken cancellationToken)
    {
        var line = await replies.ReadLineAsync(cancellationToken).ConfigureAwait(false);
        if (line.Type != RespReplyType.BulkString || line.Number > LongestEndpoint)
            throw new RespProtocolException($"an endpoint was expected, a {line.Type} came");
        var text = new byte[line.Number];
        for (var got = 0; got < text.Length;)
            got += await replies.ReadPayloadAsync(text.AsMemory(got), cancellationToken).ConfigureAwait(false);
        await replies.ReadPayloadEndAsync(cancellationToken).ConfigureAwait(false);
        return IPEndPoint.TryParse(Encoding.ASCII.GetString(text), out var endpoint) ? endpoint : throw new RespProtocolException("an endpoint was expected");
    }

    private static MatchedBlock ReadEntry(ReadOnlySpan<byte> text, BlockKey key)
    {
        var space = text.IndexOf((byte)' ');
        if (space < 0 || !BlockVersion.TryParse(text[..space], out var version)
            || !Utf8Parser.TryParse(text[(space + 1)..], out int length, out var used) || used != text.Length - space - 1 || length < 0)
        {
            throw new RespProtocolException("a match's entry is not a version and a length");
        }

        return new(key, version, length);
    }

    private static async ValueTask<long> ReadNumberAsync(RespReplyReader replies, CancellationToken cancellationToken)
    {
        var line = await replies.ReadLineAsync(cancellationToken).ConfigureAwait(false);
        return line.Type == RespReplyType.Integer ? line.Number : throw new RespProtocolException($"a number was expected, a {line.Type} came");
    }

    private static void WriteNumber(RespOutput output, long number)
    {
        Span<byte> digits = stackalloc byte[20];
        Utf8Formatter.TryFormat(number, digits, out var count);
        output.WriteBulk(digits[..count]);
    }
}
