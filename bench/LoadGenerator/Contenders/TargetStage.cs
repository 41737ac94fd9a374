using KvOrleans.LoadGenerator.Measuring;
using KvOrleans.LoadGenerator.Payloads;
using KvOrleans.LoadGenerator.Servers;
using KvOrleans.LoadGenerator.Targets;

namespace KvOrleans.LoadGenerator.Contenders;

/// <summary>A running server that holds the blocks of one size.</summary>
internal sealed class TargetStage(RunningServer server, IBenchTarget target, BlockSet blocks) : IStage
{
    private static readonly TimeSpan PassTimeout = TimeSpan.FromMinutes(10);

    private readonly FreshNumbers _fresh = new(blocks.Count);

    /// <summary>Stores every block once: the warm-up of SET.</summary>
    public Task FillAsync(CancellationToken cancellation) => PassAsync(
        (connection, key, number) => connection.SetAsync(key, blocks.Payloads.Of(number)),
        cancellation);

    /// <summary>Reads every block once and compares every byte: the warm-up of GET.</summary>
    public Task VerifyAsync(CancellationToken cancellation) => PassAsync(
        async (connection, key, number) =>
        {
            var payload = await connection.GetAsync(key);
            if (!blocks.Payloads.Equals(number, payload.Span))
                throw new ServerException($"Block {number} came back with wrong bytes.");
        },
        cancellation);

    public async Task<ISession> OpenAsync(Cell cell, CancellationToken cancellation)
    {
        var workers = new List<Worker>(cell.Connections);
        try
        {
            for (var index = 0; index < cell.Connections; index++)
            {
                var connection = await target.ConnectAsync(server, blocks.Size, cancellation);
                IBlockNumbers numbers = cell.Operation == Operation.Set && !target.Overwrites
                    ? _fresh
                    : new CyclingNumbers(blocks.Count, index * blocks.Count / cell.Connections);
                workers.Add(new Worker(connection, cell.Operation, blocks, numbers));
            }

            return new TargetSession(workers);
        }
        catch
        {
            foreach (var worker in workers)
                await worker.DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();

    private async Task PassAsync(Func<IBenchConnection, ReadOnlyMemory<byte>, long, ValueTask> visit, CancellationToken cancellation)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(PassTimeout);
        await using var connection = await target.ConnectAsync(server, blocks.Size, deadline.Token);
        var names = new BlockNames(blocks.Size);
        for (long number = 0; number < blocks.Count; number++)
        {
            deadline.Token.ThrowIfCancellationRequested();
            await visit(connection, names.Of(number), number);
        }
    }
}
