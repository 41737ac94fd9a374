using System.Buffers.Text;
using System.Globalization;
using System.Runtime.CompilerServices;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Storage.Staging;
using KvOrleans.Wire;
using KvOrleans.Wire.Replies;

namespace KvOrleans.Grains.Peers;

/// <summary>A block that comes from another silo, part by part, straight into this silo's staging. For one user; whoever has it disposes of it.</summary>
/// <remarks>While one thread receives another may look at what is here: <see cref="GetReceived"/> and <see cref="MoreThanAsync"/>.</remarks>
public sealed class PeerFetch : IDisposable
{
    // The checksum is taken over what has just arrived, while the processor's cache still holds it.
    private const int Part = 256 * 1024;

    private const int LineEnd = 2;
    private const int WithParent = 5;
    private const int WithTimeToLive = 4;
    private const int WithoutTimeToLive = 3;
    private const int ParentDigits = 32;

    /// <summary>A payload for which there is no room is read away when it is at most this long; else the connection is closed.</summary>
    private const int DrainLimit = 1 << 20;

    private readonly Lock _ending = new();
    private readonly Pulse _progress = new();
    private readonly PeerCounters _counters;
    private PeerLink? _link;
    private PeerConnection? _connection;
    private StagedBlock? _staged;
    private BlockChecksum _expected;
    private int _received;

    internal PeerFetch(PeerCounters counters, PeerAnswer answer) => (_counters, Answer) = (counters, answer);

    internal PeerFetch(PeerCounters counters, PeerLink link, PeerConnection connection)
    {
        _counters = counters;
        _link = link;
        _connection = connection;
    }

    /// <summary>How it went so far.</summary>
    public PeerAnswer Answer { get; private set; }

    /// <summary>Which content comes.</summary>
    public BlockVersion Version { get; private set; }

    /// <summary>The checksum that it came with; what is here has it once <see cref="IsVerified"/>.</summary>
    public BlockChecksum Checksum => _expected;

    /// <summary>How long it has left; null: it does not expire, or it was not asked.</summary>
    public TimeSpan? TimeToLive { get; private set; }

    /// <summary>Which block comes before it in its chain, as <see cref="StagedBlock.Parent"/>; 0: none, or it was not asked.</summary>
    public UInt128 Parent { get; private set; }

    /// <summary>The payload's bytes.</summary>
    public int Length { get; private set; }

    /// <summary>How many of them are here.</summary>
    public int Received => Volatile.Read(ref _received);

    /// <summary>Whether all are here and have the checksum.</summary>
    public bool IsVerified { get; private set; }

    /// <summary>The next contiguous piece of what is here, from byte <paramref name="offset"/> on. Valid until <see cref="Dispose"/>.</summary>
    public ReadOnlyMemory<byte> GetReceived(int offset) => _staged?.GetWritten(offset) ?? default;

    /// <summary>Completes when more than <paramref name="count"/> bytes are here, or <see cref="ReceiveAsync"/> has returned since: then it may have failed.</summary>
    public Task MoreThanAsync(int count)
    {
        var progress = _progress.Next;
        return Received > count ? Task.CompletedTask : progress;
    }

    /// <summary>Hands the bytes over: the caller publishes or disposes of them.</summary>
    /// <exception cref="InvalidOperationException">They are not verified, or were handed over.</exception>
    public StagedBlock TakeStaged()
    {
        if (!IsVerified || _staged is not { } staged)
            throw new InvalidOperationException("Only verified bytes can be handed over, and only once.");
        _staged = null;
        staged.Parent = Parent;
        return staged;
    }

    /// <summary>Receives the next part.</summary>
    /// <returns>False when that failed: <see cref="Answer"/> says why and nothing more will come.</returns>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<bool> ReceiveAsync()
    {
        if (IsVerified)
            return true;
        if (_connection is not { } connection || _staged is not { } staged)
            return false;
        try
        {
            if (!staged.IsComplete)
                await ReceivePartAsync(connection, staged).ConfigureAwait(false);
            if (staged.IsComplete)
                await VerifyAsync(connection, staged).ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException or RespProtocolException or System.Net.Sockets.SocketException)
        {
            Fail();
        }

        _progress.Beat();
        return Answer.Outcome == PeerOutcome.Answered;
    }

    /// <summary>Receives all that is left. False when that failed.</summary>
    public async ValueTask<bool> ReceiveAllAsync()
    {
        while (!IsVerified)
        {
            if (!await ReceiveAsync().ConfigureAwait(false))
                return false;
        }

        return true;
    }

    /// <summary>Gives back what was not handed over; a connection on which something is still to come is closed.</summary>
    public void Dispose()
    {
        Release(reusable: false);
        _staged?.Dispose();
        _staged = null;
    }

    /// <summary>Ends it from another thread: what is under way fails.</summary>
    internal void Abort()
    {
        lock (_ending)
            _connection?.Abort();
    }

    /// <summary>Reads the head of the reply and makes room.</summary>
    internal async ValueTask BeginAsync(Func<int, ValueTask<StagedBlock?>> stage, int longest)
    {
        try
        {
            await ReadHeadAsync(_connection!, stage, longest).ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException or RespProtocolException or System.Net.Sockets.SocketException)
        {
            Fail();
        }
    }

    private async ValueTask ReadHeadAsync(PeerConnection connection, Func<int, ValueTask<StagedBlock?>> stage, int longest)
    {
        var head = await connection.Replies.ReadLineAsync(CancellationToken.None).ConfigureAwait(false);
        connection.Progressed();
        if (head.Type is RespReplyType.Null or RespReplyType.Error)
        {
            Answer = head.Type == RespReplyType.Null ? new(PeerOutcome.Absent) : PeerErrors.Read(connection.Replies.Text);
            Release(reusable: true);
            return;
        }

        if (head is not { Type: RespReplyType.Array, Number: WithParent or WithTimeToLive or WithoutTimeToLive })
            throw new RespProtocolException($"a block was expected, a {head.Type} came");
        Version = await connection.ReadTextAsync<BlockVersion>(ParseVersion, CancellationToken.None).ConfigureAwait(false);
        _expected = await connection.ReadTextAsync<BlockChecksum>(ParseChecksum, CancellationToken.None).ConfigureAwait(false);
        if (head.Number != WithoutTimeToLive)
            TimeToLive = await ReadTimeToLiveAsync(connection).ConfigureAwait(false);
        if (head.Number == WithParent)
            Parent = await connection.ReadTextAsync<UInt128>(ParseParent, CancellationToken.None).ConfigureAwait(false);
        var payload = await connection.Replies.ReadLineAsync(CancellationToken.None).ConfigureAwait(false);
        if (payload.Type != RespReplyType.BulkString || payload.Number > longest)
            throw new RespProtocolException("a payload was expected that may be stored");
        Length = (int)payload.Number;
        _staged = await stage(Length).ConfigureAwait(false);
        if (_staged is null)
            await RefuseAsync(connection).ConfigureAwait(false);
        else
            connection.LowWater.Begin(Math.Min(Length + LineEnd - connection.Input.BufferedCount, Part));
    }

    private async ValueTask ReceivePartAsync(PeerConnection connection, StagedBlock staged)
    {
        var room = staged.Remaining;
        var count = await connection.Replies.ReadPayloadAsync(room[..Math.Min(room.Length, Part)], CancellationToken.None).ConfigureAwait(false);
        connection.Progressed();
        staged.Advance(count);
        Volatile.Write(ref _received, _received + count);
        connection.LowWater.Left(Length - Received + LineEnd - connection.Input.BufferedCount);
    }

    private async ValueTask VerifyAsync(PeerConnection connection, StagedBlock staged)
    {
        connection.LowWater.Left(0);
        await connection.Replies.ReadPayloadEndAsync(CancellationToken.None).ConfigureAwait(false);
        if (staged.Checksum != _expected)
        {
            // Bytes that went wrong may have gone wrong in the framing too: such a connection is not used again.
            Fail();
            return;
        }

        IsVerified = true;
        _counters.Pulled(Length);
        Release(reusable: true);
    }

    /// <summary>There is no room: what comes is read away, or the connection closed.</summary>
    private async ValueTask RefuseAsync(PeerConnection connection)
    {
        Answer = new(PeerOutcome.NoRoom);
        if (Length > DrainLimit)
        {
            Release(reusable: false);
            return;
        }

        var scrap = new byte[Math.Clamp(Length, 1, 64 * 1024)];
        for (var left = Length; left > 0; connection.Progressed())
            left -= await connection.Replies.ReadPayloadAsync(scrap.AsMemory(0, Math.Min(left, scrap.Length)), CancellationToken.None).ConfigureAwait(false);
        await connection.Replies.ReadPayloadEndAsync(CancellationToken.None).ConfigureAwait(false);
        Release(reusable: true);
    }

    private void Fail()
    {
        if (Answer.Outcome != PeerOutcome.NoRoom)
        {
            Answer = new(PeerOutcome.Broken);
            _counters.Failed();
        }

        Release(reusable: false);
    }

    private void Release(bool reusable)
    {
        PeerConnection? connection;
        lock (_ending)
            (connection, _connection) = (_connection, null);
        if (connection is null)
            return;
        _link!.Return(connection, reusable);
        _link = null;
    }

    private static async ValueTask<TimeSpan?> ReadTimeToLiveAsync(PeerConnection connection)
    {
        var line = await connection.Replies.ReadLineAsync(CancellationToken.None).ConfigureAwait(false);
        if (line.Type != RespReplyType.Integer || line.Number > TimeSpan.MaxValue.Ticks / TimeSpan.TicksPerMillisecond)
            throw new RespProtocolException("a time to live was expected");
        return line.Number < 0 ? null : TimeSpan.FromMilliseconds(line.Number);
    }

    private static UInt128? ParseParent(ReadOnlySpan<byte> text) =>
        text.Length == ParentDigits && UInt128.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var parent) ? parent : null;

    private static BlockVersion? ParseVersion(ReadOnlySpan<byte> text) => BlockVersion.TryParse(text, out var version) ? version : null;

    private static BlockChecksum? ParseChecksum(ReadOnlySpan<byte> text) =>
        Utf8Parser.TryParse(text, out ulong value, out var used, 'x') && used == 16 && text.Length == 16 ? new BlockChecksum(value) : null;
}
