using KvOrleans.LoadGenerator.Measuring;

namespace KvOrleans.LoadGenerator.Contenders;

/// <summary>A contender that is ready for the cells of one payload size. Disposing it ends its server.</summary>
internal interface IStage : IAsyncDisposable
{
    /// <summary>Opens the connections of one cell, to be kept over all its slices.</summary>
    Task<ISession> OpenAsync(Cell cell, CancellationToken cancellation);
}
