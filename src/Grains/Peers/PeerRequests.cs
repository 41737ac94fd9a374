using System.Net.Sockets;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Cluster;
using KvOrleans.Storage.Staging;
using KvOrleans.Wire.Replies;
using KvOrleans.Wire.Tracing;
using KvOrleans.Wire;

namespace KvOrleans.Grains.Peers;

/// <summary>Asks other silos over their data planes. Whatever goes wrong is an outcome; no wait is without a bound. Thread-safe.</summary>
public sealed class PeerRequests(PeerLinks links)
{
    // A silo that takes this much is making progress.
    private const int SentAtOnce = 1 << 20;

    private static readonly TimeSpan LookForRoom = TimeSpan.FromMilliseconds(10);

    /// <summary>How many requests to a silo are under way or wait for a connection.</summary>
    public int UnderWay(SiloDescriptor silo) => links.To(silo).UnderWay;

    /// <summary>Whether a silo has answered lately, or was not asked.</summary>
    public bool IsHealthy(SiloDescriptor silo) => links.To(silo).IsHealthy;

    /// <summary>Begins to read a block as a client of that silo would: it counts as a use there.</summary>
    /// <param name="silo">The silo.</param>
    /// <param name="key">The block.</param>
    /// <param name="version">The content; <c>default</c> for whichever is there.</param>
    /// <param name="stage">Makes room for that many bytes, or says that there is none with null; then it is asked again for a moment.</param>
    public ValueTask<PeerFetch> ReadAsync(SiloDescriptor silo, BlockKey key, BlockVersion version, Func<int, StagedBlock?> stage) =>
        FetchAsync(silo, PeerRequestKind.Read, output => WriteRead(output, key, version), stage, links.Options.LongestWaitForRoom, CancellationToken.None);

    /// <summary>Begins to pull a block that the silo itself holds. It does not count as a use.</summary>
    /// <inheritdoc cref="ReadAsync" path="/param"/>
    /// <param name="silo">The silo.</param>
    /// <param name="key">The block.</param>
    /// <param name="version">The content; <c>default</c> for whichever is there.</param>
    /// <param name="stage">Makes room for that many bytes, or says that there is none with null.</param>
    /// <param name="cancellationToken">Ends the wait for a connection.</param>
    public ValueTask<PeerFetch> PullAsync(
        SiloDescriptor silo, BlockKey key, BlockVersion version, Func<int, StagedBlock?> stage, CancellationToken cancellationToken) =>
        FetchAsync(silo, PeerRequestKind.Pull, output => WritePull(output, key, version), stage, patience: TimeSpan.Zero, cancellationToken);

    /// <summary>Asks for a number.</summary>
    /// <param name="silo">The silo.</param>
    /// <param name="isChange">Whether the silo decides a change: its answer may take longer.</param>
    /// <param name="write">Writes the command.</param>
    public ValueTask<PeerAnswer> AskAsync(SiloDescriptor silo, bool isChange, Action<RespOutput> write) =>
        ExchangeAsync(silo, isChange, async (connection, exchange) =>
        {
            write(connection.Output);
            exchange.MayHaveTakenEffect = true;
            await connection.Output.FlushAsync(CancellationToken.None).ConfigureAwait(false);
            var line = await connection.Replies.ReadLineAsync(CancellationToken.None).ConfigureAwait(false);
            return line.Type switch
            {
                RespReplyType.Integer => new(PeerOutcome.Answered, line.Number),
                RespReplyType.Error => PeerErrors.Read(connection.Replies.Text),
                _ => throw new RespProtocolException($"a number was expected, a {line.Type} came"),
            };
        });

    /// <summary>Sends a write; <paramref name="staged"/> stays the caller's.</summary>
    /// <param name="silo">The silo.</param>
    /// <param name="staged">The payload, complete.</param>
    /// <param name="isQuick">Whether the silo decides it alone: a small one may then share a connection with others.</param>
    /// <param name="write">Writes the command up to its payload.</param>
    public ValueTask<PeerAnswer> WriteAsync(SiloDescriptor silo, StagedBlock staged, bool isQuick, Action<RespOutput> write)
    {
        ArgumentNullException.ThrowIfNull(staged);
        if (isQuick && staged.Length <= RespOutput.CopyLimit)
            return WriteSmallAsync(silo, staged, write);

        return ExchangeAsync(silo, isChange: true, async (connection, exchange) =>
        {
            write(connection.Output);
            connection.Output.WriteBulkHeader(staged.Length);
            await SendAsync(connection, staged, exchange).ConfigureAwait(false);
            return await PeerDecisions.ReadAsync(connection).ConfigureAwait(false);
        });
    }

    private async ValueTask<PeerAnswer> WriteSmallAsync(SiloDescriptor silo, StagedBlock staged, Action<RespOutput> write)
    {
        using var activity = Traces.BeginChild(NameOf(PeerRequestKind.Write));
        var asked = links.Counters.Asked(PeerRequestKind.Write);
        var answer = await links.To(silo).SmallWrites.WriteAsync(staged, write).ConfigureAwait(false);
        links.Counters.Answered(PeerRequestKind.Write, asked);
        return answer;
    }

    private async ValueTask<PeerFetch> FetchAsync(
        SiloDescriptor silo, PeerRequestKind kind, Action<RespOutput> write, Func<int, StagedBlock?> stage, TimeSpan patience, CancellationToken cancellationToken)
    {
        using var activity = Traces.BeginChild(NameOf(kind));
        var asked = links.Counters.Asked(kind);
        var link = links.To(silo);
        PeerConnection? connection = null;
        try
        {
            connection = await link.RentAsync(cancellationToken).ConfigureAwait(false);
            connection.Expect(links.Options.LongestSilence);
            Traces.Write(connection.Output, Traces.CurrentId);
            write(connection.Output);
            await connection.Output.FlushAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception error) when (error is PeerUnreachableException or OperationCanceledException || PeerErrors.IsBroken(error))
        {
            if (connection is not null)
                link.Return(connection, reusable: false);
            links.Counters.Failed();
            return new(links.Counters, new(connection is null ? PeerOutcome.Unreachable : PeerOutcome.Broken));
        }

        var fetch = new PeerFetch(links.Counters, link, connection);
        try
        {
            await using var ending = cancellationToken.UnsafeRegister(static fetch => ((PeerFetch)fetch!).Abort(), fetch).ConfigureAwait(false);
            await fetch.BeginAsync(length => MakeRoomAsync(connection, stage, length, patience), links.Options.MaxBlockBytes).ConfigureAwait(false);
            links.Counters.Answered(kind, asked);
            return fetch;
        }
        catch
        {
            fetch.Dispose();
            throw;
        }
    }

    /// <summary>Makes room, when there is some soon. Until then the silo keeps its bytes, and is not silent.</summary>
    private async ValueTask<StagedBlock?> MakeRoomAsync(PeerConnection connection, Func<int, StagedBlock?> stage, int length, TimeSpan patience)
    {
        var staged = stage(length);
        if (staged is not null || patience == TimeSpan.Zero)
            return staged;
        connection.Rest();
        var began = links.Time.GetTimestamp();
        while (staged is null && links.Time.GetElapsedTime(began) < patience)
        {
            await Task.Delay(LookForRoom, links.Time).ConfigureAwait(false);
            staged = stage(length);
        }

        connection.Expect(links.Options.LongestSilence);
        return staged;
    }

    private async ValueTask<PeerAnswer> ExchangeAsync(
        SiloDescriptor silo, bool isChange, Func<PeerConnection, PeerExchange, ValueTask<PeerAnswer>> exchange)
    {
        var kind = isChange ? PeerRequestKind.Write : PeerRequestKind.Read;
        using var activity = Traces.BeginChild(NameOf(kind));
        var asked = links.Counters.Asked(kind);
        var link = links.To(silo);
        var state = new PeerExchange();
        PeerConnection? connection = null;
        var reusable = false;
        try
        {
            connection = isChange ? await link.RentForChangeAsync().ConfigureAwait(false) : await link.RentAsync(CancellationToken.None).ConfigureAwait(false);
            connection.Expect(isChange ? links.Options.LongestDecision : links.Options.LongestSilence);
            Traces.Write(connection.Output, Traces.CurrentId);
            var answer = await exchange(connection, state).ConfigureAwait(false);
            reusable = true;
            links.Counters.Answered(kind, asked);
            return answer;
        }
        catch (Exception error) when (error is PeerUnreachableException || PeerErrors.IsBroken(error))
        {
            links.Counters.Failed();
            return new(state.MayHaveTakenEffect ? PeerOutcome.Broken : PeerOutcome.Unreachable);
        }
        finally
        {
            if (connection is not null)
                link.Return(connection, reusable);
        }
    }

    /// <summary>A command whose last bytes were not handed to the system cannot have been run.</summary>
    private async ValueTask SendAsync(PeerConnection connection, StagedBlock staged, PeerExchange exchange)
    {
        connection.Expect(links.Options.LongestSilence);
        for (var sent = 0; sent < staged.Length;)
        {
            var part = staged.GetWritten(sent);
            part = part[..Math.Min(part.Length, SentAtOnce)];
            sent += part.Length;
            await connection.Output.WritePayloadAsync(part, CancellationToken.None).ConfigureAwait(false);
            connection.Progressed();
        }

        connection.Output.WriteLineEnd();
        exchange.MayHaveTakenEffect = true;
        connection.Expect(links.Options.LongestDecision);
        await connection.Output.FlushAsync(CancellationToken.None).ConfigureAwait(false);
    }

    private static string NameOf(PeerRequestKind kind) => kind switch
    {
        PeerRequestKind.Read => "peer read",
        PeerRequestKind.Pull => "peer pull",
        _ => "peer write",
    };

    private static void WriteRead(RespOutput output, BlockKey key, BlockVersion version)
    {
        output.WriteArrayHeader(version.IsNone ? 2 : 4);
        output.WriteBulk("KV.GET"u8);
        output.WriteBulk(key.Span);
        if (version.IsNone)
            return;
        output.WriteBulk("VERSION"u8);
        WriteVersion(output, version);
    }

    private static void WritePull(RespOutput output, BlockKey key, BlockVersion version)
    {
        output.WriteArrayHeader(version.IsNone ? 2 : 3);
        output.WriteBulk("KV.PULL"u8);
        output.WriteBulk(key.Span);
        if (!version.IsNone)
            WriteVersion(output, version);
    }

    private static void WriteVersion(RespOutput output, BlockVersion version)
    {
        Span<byte> text = stackalloc byte[BlockVersion.MaxTextLength];
        version.TryFormat(text, out var count, default, null);
        output.WriteBulk(text[..count]);
    }
}
