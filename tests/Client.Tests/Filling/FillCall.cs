using KvOrleans.Client.Filling;
using KvOrleans.Client.Tests.Scripted;
using KvOrleans.Contracts.Blocks;

namespace KvOrleans.Client.Tests.Filling;

/// <summary>One call for a chain, or for the end of one from <paramref name="first"/> on, whose computing can be held up. A block's bytes follow from its place.</summary>
internal sealed class FillCall(PrefixCacheClient client, int count, int length = 100, int first = 0)
{
    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _computed;

    public Memory<byte>[] Destinations { get; } = [.. Enumerable.Range(0, count).Select(_ => new Memory<byte>(new byte[length]))];

    /// <summary>What computing waits for.</summary>
    public Task Held { get; init; } = Task.CompletedTask;

    /// <summary>What computing throws; null for nothing.</summary>
    public Exception? Failure { get; init; }

    /// <summary>Computing has begun.</summary>
    public Task Begun => _begun.Task;

    /// <summary>How often it was computed.</summary>
    public int Computed => Volatile.Read(ref _computed);

    /// <summary>From where on it was computed; -1: not at all.</summary>
    public int From { get; private set; } = -1;

    public CancellationToken Token { get; private set; }

    public static byte[] BytesOf(int index, int length = 100) => TestClient.Bytes(length, seed: 1000 + index);

    public async Task<GetOrComputeResult> RunAsync(GetOrComputeOptions? options = null, CancellationToken cancellationToken = default, BlockKey[]? keys = null)
    {
        var result = await client.GetOrComputeAsync(keys ?? TestClient.Chain(first + count)[first..], Destinations, ComputeAsync, options, cancellationToken);
        for (var i = 0; i < count; i++)
            Assert.Equal(BytesOf(first + i, length), Destinations[i].ToArray());
        Assert.Equal(count, result.Cached + result.Computed);
        Assert.Equal(From < 0 ? 0 : count - From, result.Computed);
        return result;
    }

    private async ValueTask ComputeAsync(int from, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _computed);
        From = from;
        Token = cancellationToken;
        _begun.TrySetResult();
        await Held.WaitAsync(cancellationToken);
        if (Failure is { } failure)
            throw failure;
        for (var i = from; i < count; i++)
            BytesOf(first + i, length).CopyTo(Destinations[i]);
    }
}
