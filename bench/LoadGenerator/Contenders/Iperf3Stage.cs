using KvOrleans.LoadGenerator.Measuring;

namespace KvOrleans.LoadGenerator.Contenders;

/// <summary>iperf3 needs no preparation: each slice has a server of its own.</summary>
internal sealed class Iperf3Stage : IStage
{
    public Task<ISession> OpenAsync(Cell cell, CancellationToken cancellation) => Task.FromResult<ISession>(new Iperf3Session(cell.Connections));

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
