using KvOrleans.LoadGenerator.Measuring;

namespace KvOrleans.LoadGenerator.Contenders;

/// <summary>A contender in one cell.</summary>
internal interface ISession : IAsyncDisposable
{
    /// <summary>Does the cell's operation for about <paramref name="length"/> and then is idle again.</summary>
    Task<SliceResult> RunAsync(TimeSpan length, CancellationToken cancellation);
}
