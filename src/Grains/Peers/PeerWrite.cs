using KvOrleans.Storage.Staging;
using KvOrleans.Wire.Tracing;
using KvOrleans.Wire;

namespace KvOrleans.Grains.Peers;

/// <summary>One small write on its way to another silo. <paramref name="staged"/> is the caller's, who waits for <see cref="Answered"/>.</summary>
/// <param name="staged">The payload, complete.</param>
/// <param name="write">Writes the command up to its payload.</param>
/// <param name="askedAt">When it was asked for.</param>
internal sealed class PeerWrite(StagedBlock staged, Action<RespOutput> write, long askedAt)
{
    // Who waits goes on elsewhere: the next answers are to be read.
    private readonly TaskCompletionSource<PeerAnswer> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Who sends it may be another writer's flow.
    private readonly string? _trace = Traces.CurrentId;

    public long AskedAt => askedAt;

    public int Length => staged.Length;

    public Task<PeerAnswer> Answered => _answer.Task;

    /// <summary>Writes command and payload.</summary>
    public void WriteTo(RespOutput output)
    {
        Traces.Write(output, _trace);
        write(output);
        output.WriteBulkHeader(staged.Length);
        for (var sent = 0; sent < staged.Length;)
        {
            var part = staged.GetWritten(sent);
            output.WriteRaw(part.Span);
            sent += part.Length;
        }

        output.WriteLineEnd();
    }

    public void Answer(PeerAnswer answer) => _answer.TrySetResult(answer);

    public void Fail(Exception error) => _answer.TrySetException(error);
}
