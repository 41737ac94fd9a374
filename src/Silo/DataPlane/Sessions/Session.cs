using System.Net.Sockets;
using System.Text;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Control;
using KvOrleans.Silo.DataPlane.Commands;
using KvOrleans.Silo.DataPlane.Metrics;
using KvOrleans.Storage;
using KvOrleans.Storage.Staging;
using KvOrleans.Wire;
using KvOrleans.Wire.Commands;

namespace KvOrleans.Silo.DataPlane.Sessions;

/// <summary>One connection: reads commands, runs them one after the other, and replies in order.</summary>
/// <remarks>
/// It is one loop on whatever thread its I/O completes. While more input is at hand it goes on; before it would wait for the peer it
/// completes the decisions under way and flushes. So a pipeline is answered in few sends, and a lone command at once.
/// </remarks>
internal sealed partial class Session : IValuePositions, IDisposable
{
    /// <summary>The most that is sent between two signs of progress, so that a slow peer is told from one that stalls.</summary>
    private const int ProgressBytes = 4 << 20;

    /// <summary>What is received at once at the most, so that it is hashed while the processor's cache still holds it.</summary>
    private const int HashedBytes = 256 * 1024;

    /// <summary>What a session may do before it gives its thread back, in bytes touched or the like of it.</summary>
    private const int WorkAtOnce = 4 << 20;

    /// <summary>What a command counts as beside its value.</summary>
    private const int CommandWork = 512;

    private readonly Socket _socket;
    private readonly ReceiveLowWater _lowWater;
    private readonly StallWatch _watch;
    private readonly Stream _stream;
    private readonly RespInput _input;
    private readonly RespCommandReader _reader;
    private readonly DeferredDecisions _deferred = new();
    private readonly CommandTable _commands;
    private bool _isStalled;
    private int _workLeft = WorkAtOnce;
    private DataPlaneCommand? _command;
    private bool _isCommandKnown;
    private long _began;
    private StagedBlock? _received;

    public Session(long id, Socket socket, DataPlaneServices services, CommandTable commands)
    {
        Id = id;
        Services = services;
        CreatedAt = services.Time.GetTimestamp();
        Remote = socket.RemoteEndPoint?.ToString() ?? "";
        Local = socket.LocalEndPoint?.ToString() ?? "";
        _socket = socket;
        _lowWater = new(socket);
        _watch = new(socket, services.Time);
        _commands = commands;
        _stream = new NetworkStream(socket, ownsSocket: true);
        _input = new(_stream, maxCapacity: (int)services.Options.DataPlane.MaxCommandBytes.Bytes);
        _reader = new(this);
        Output = new(_stream, socket) { ErrorWritten = services.Commands.Refused };
        IsAuthenticated = services.Options.DataPlane.Password.Length == 0;
    }

    public long Id { get; }

    public DataPlaneServices Services { get; }

    public long CreatedAt { get; }

    public string Remote { get; }

    public string Local { get; }

    /// <summary>What <c>CLIENT SETNAME</c> gave.</summary>
    public string Name { get; set; } = "";

    /// <summary>The name of the last command, for <c>CLIENT LIST</c>.</summary>
    public string LastCommand => _command?.Name.ToLowerInvariant() ?? "NULL";

    public RespOutput Output { get; }

    public BlockStore Store => Services.Store;

    /// <summary>Set by <c>KV.PEER</c>: another silo asks, and nothing it asks is sent on.</summary>
    public bool IsPeer { get; set; }

    /// <summary>Set by <c>QUIT</c>: reply, then close.</summary>
    public bool IsQuitting { get; set; }

    public bool IsAuthenticated
    {
        get;
        set
        {
            field = value;
            _reader.Limits = value ? new(
                (int)Services.Options.DataPlane.MaxCommandBytes.Bytes / 4, (int)Services.Options.DataPlane.MaxCommandBytes.Bytes, Store.MaxBlockBytes)
                : RespLimits.Unauthenticated;
        }
    }

    /// <summary>Lets a decision run while the session goes on; its reply is written in its place.</summary>
    public void Defer(BlockKey key, ValueTask<BlockDecision> decision, DeferredReply reply)
    {
        _deferred.Add(key, decision, reply, _command!, _began);
        _began = 0;
    }

    /// <summary>Completes when a write to <paramref name="key"/> may begin.</summary>
    public ValueTask AwaitTurnAsync(BlockKey key) =>
        _deferred.MustWaitFor(key) ? _deferred.CompleteAsync(this) : ValueTask.CompletedTask;

    /// <summary>Replies with an error, in its place behind the decisions under way. Each char is a byte, so that what a client sent comes back as it was.</summary>
    public ValueTask RefuseAsync(string error)
    {
        if (!_deferred.IsEmpty)
            return Slow(this, error);
        Output.WriteError(Encoding.Latin1.GetBytes(error));
        return ValueTask.CompletedTask;

        static async ValueTask Slow(Session session, string error)
        {
            await session._deferred.CompleteAsync(session).ConfigureAwait(false);
            session.Output.WriteError(Encoding.Latin1.GetBytes(error));
        }
    }

    /// <summary>Sends a block's bytes and gives the block back.</summary>
    public async ValueTask SendPayloadAsync(OpenBlock block)
    {
        TellCounts();
        using var sending = block;
        for (var i = 0; i < sending.SegmentCount; i++)
        {
            var rest = sending.GetSegment(i);
            while (!rest.IsEmpty)
            {
                var part = rest[..Math.Min(rest.Length, ProgressBytes)];
                _watch.MarkWaiting();
                rest = rest[part.Length..];
                var isLast = rest.IsEmpty && i + 1 == sending.SegmentCount;
                await (isLast ? Output.WritePayloadEndAsync(part, CancellationToken.None) : Output.WritePayloadAsync(part, CancellationToken.None))
                    .ConfigureAwait(false);
            }
        }
    }

    /// <summary>Sends a part of a payload; the last with its line end.</summary>
    /// <remarks><paramref name="part"/> must stay as it is until the returned task has completed.</remarks>
    public ValueTask SendPartAsync(ReadOnlyMemory<byte> part, bool isLast)
    {
        _watch.MarkWaiting();
        return isLast ? Output.WritePayloadEndAsync(part, CancellationToken.None) : Output.WritePayloadAsync(part, CancellationToken.None);
    }

    /// <summary>The peer waits for this silo, which waits for another.</summary>
    public void MarkServing() => _watch.MarkIdle();

    /// <summary>Flushes when enough is buffered; for replies of many parts.</summary>
    public ValueTask FlushWhenFullAsync() => Output.WantsFlush ? FlushAsync() : ValueTask.CompletedTask;

    public int ValuePosition(ReadOnlySpan<byte> commandName, int argumentCount)
    {
        _command = _commands.Find(commandName);
        _isCommandKnown = true;
        return IsAuthenticated ? _command?.ValuePosition(argumentCount) ?? -1 : -1;
    }

    /// <summary>Serves the connection until it ends.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        try
        {
            await RunCommandsAsync(stopping).ConfigureAwait(false);
            await _deferred.CompleteAsync(this).ConfigureAwait(false);
            await FlushAsync().ConfigureAwait(false);
        }
        catch (RespProtocolException error)
        {
            Services.Counters.BrokeProtocol();
            await SayAndCloseAsync(error.Message).ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or SocketException or ObjectDisposedException)
        {
            // The peer is gone, or stalled.
        }
    }

    /// <summary>Closes the connection when the peer has kept it waiting in the middle of something since before <paramref name="horizon"/>.</summary>
    /// <returns>True once: the connection may take a moment to end.</returns>
    public bool CloseIfStalled(long horizon)
    {
        if (!_watch.IsStalled(horizon) || Interlocked.Exchange(ref _isStalled, true))
            return false;
        Abort();
        return true;
    }

    /// <summary>Closes the connection at once; the loop ends with an error of its I/O.</summary>
    public void Abort() => _socket.Close(0);

    public void Dispose()
    {
        _stream.Dispose();
        _received?.Dispose();
        TellCounts();
        Store.ReleaseAll(Id);
        Services.Fills.EndAll(Id);
        _reader.Dispose();
        _input.Dispose();
        Output.Dispose();
    }

    /// <summary>Waits for the decisions under way; the connection is gone.</summary>
    public ValueTask AbandonDecisionsAsync() => _deferred.AbandonAsync();

    private async ValueTask RunCommandsAsync(CancellationToken stopping)
    {
        try
        {
            while (!IsQuitting && await ReadCommandAsync(stopping).ConfigureAwait(false))
            {
                await RunCommandAsync().ConfigureAwait(false);
                await FlushWhenFullAsync().ConfigureAwait(false);
                await SpendAsync(CommandWork).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The silo stops: no more is read, but what was done is answered.
        }
    }

    private async ValueTask<bool> ReadCommandAsync(CancellationToken stopping)
    {
        while (true)
        {
            switch (_reader.Read(_input.Buffered))
            {
                case RespReadStatus.Command:
                    _watch.MarkIdle();
                    return true;
                case RespReadStatus.Value:
                    if (!await ReceiveValueAsync(stopping).ConfigureAwait(false))
                        return false;
                    break;
                default:
                    if (!await FillAsync(stopping).ConfigureAwait(false))
                        return false;
                    break;
            }
        }
    }

    private async ValueTask<bool> FillAsync(CancellationToken stopping)
    {
        if (_input.BufferedCount == 0 && !_reader.IsUnderWay)
        {
            _watch.MarkIdle();
            var ready = _input.WaitAsync(stopping);
            if (!ready.IsCompleted)
                await ReplyAsync().ConfigureAwait(false);
            _watch.MarkIdle();
            await ready.ConfigureAwait(false);
        }

        _watch.MarkWaiting();
        var filled = _input.FillAsync(stopping);
        return await (filled.IsCompleted || IsAnswered ? filled : ReplyDuringAsync(filled)).ConfigureAwait(false);
    }

    /// <summary>Replies while the peer is read from. When that fails, the read ends first: it writes into memory that is given back then.</summary>
    private async ValueTask<T> ReplyDuringAsync<T>(ValueTask<T> reading)
    {
        try
        {
            await ReplyAsync().ConfigureAwait(false);
        }
        catch
        {
            Abort();
            await ((Task)reading.AsTask()).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }

        return await reading.ConfigureAwait(false);
    }

    private async ValueTask ReplyAsync()
    {
        if (!_deferred.IsEmpty)
        {
            _watch.MarkIdle(); // it is the peer that waits
            await _deferred.CompleteAsync(this).ConfigureAwait(false);
        }

        await FlushAsync().ConfigureAwait(false);
        _watch.MarkWaiting();
    }

    /// <summary>Whether no reply is under way or waits to be sent.</summary>
    private bool IsAnswered => _deferred.IsEmpty && Output.BufferedCount == 0;

    private ValueTask FlushAsync()
    {
        TellCounts();
        if (Output.BufferedCount == 0)
            return ValueTask.CompletedTask;
        _watch.MarkWaiting();
        return Output.FlushAsync(CancellationToken.None);
    }

    private ValueTask RunCommandAsync()
    {
        if (_reader.Count == 0)
            return Finish(ValueTask.CompletedTask);
        if (!_isCommandKnown)
            _command = _commands.Find(Argument(0));
        _began = Services.Commands.Began(_command, ref _run);
        if (_command is null || !_command.AcceptsCount(_reader.Count) || (!IsAuthenticated && !_command.NeedsNoAuthentication))
        {
            _isTraced = false;
            // A page in somebody's browser may have it send lines of its choice in a request's body.
            IsQuitting |= CommandErrors.IsHttp(this);
            return Finish(RefuseAsync(CommandErrors.Of(this, _command)));
        }

        return Finish(ExecuteAsync(_command));
    }

    private async ValueTask ExecuteInOrderAsync(DataPlaneCommand command)
    {
        await _deferred.CompleteAsync(this).ConfigureAwait(false);
        await command.ExecuteAsync(this).ConfigureAwait(false);
    }

    private ValueTask Finish(ValueTask running)
    {
        if (!running.IsCompletedSuccessfully)
            return Slow(this, running);
        NextCommand();
        return ValueTask.CompletedTask;

        static async ValueTask Slow(Session session, ValueTask running)
        {
            await running.ConfigureAwait(false);
            session.NextCommand();
        }
    }

    private void NextCommand()
    {
        if (_began != 0)
            Services.Commands.Ended(_command!, _began);
        _began = 0;
        _received?.Dispose();
        _received = null;
        _isCommandKnown = false;
        _input.Consume(_reader.Consumed);
        _reader.Reset();
    }

    private async ValueTask SayAndCloseAsync(string error)
    {
        try
        {
            await _deferred.CompleteAsync(this).ConfigureAwait(false);
            Output.WriteError("ERR " + error);
            await FlushAsync().ConfigureAwait(false);
            _socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception gone) when (gone is IOException or SocketException or ObjectDisposedException)
        {
            // It did not wait for the reason.
        }
    }

    /// <summary>
    /// A session runs on the thread that hears of its socket, and of others': one that has much at hand goes on elsewhere now and then.
    /// </summary>
    public ValueTask SpendAsync(int work)
    {
        _workLeft -= work;
        if (_workLeft > 0)
            return ValueTask.CompletedTask;
        _workLeft = WorkAtOnce;
        return GoOnElsewhere();

        static async ValueTask GoOnElsewhere() => await Task.Yield();
    }
}
