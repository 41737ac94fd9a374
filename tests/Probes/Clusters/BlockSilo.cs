using System.Text;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Control;
using KvOrleans.Contracts.Digests;
using KvOrleans.Grains.Blocks;
using KvOrleans.Grains.Membership;
using KvOrleans.Grains.Registers;
using KvOrleans.Storage;
using Microsoft.Extensions.DependencyInjection;
using Orleans.TestingHost;

namespace KvOrleans.Probes.Clusters;

/// <summary>A silo of a <see cref="BlockCluster"/>, as its own data plane would see it.</summary>
internal sealed class BlockSilo(InProcessSiloHandle handle)
{
    public InProcessSiloHandle Handle => handle;

    public BlockStore Store => handle.ServiceProvider.GetRequiredService<BlockStore>();

    public AwakeGrains Awake => handle.ServiceProvider.GetRequiredService<AwakeGrains>();

    public IClusterMapSource Map => handle.ServiceProvider.GetRequiredService<IClusterMapSource>();

    public IRegisterGuard Guard => handle.ServiceProvider.GetRequiredService<IRegisterGuard>();

    public long StagedBytes => Store.GetStatistics().StagedBytes;

    public IPrefixBlockGrain Grain(string key) =>
        handle.ServiceProvider.GetRequiredService<IGrainFactory>().GetGrain<IPrefixBlockGrain>(KeyId.Of(Encoding.UTF8.GetBytes(key)).ToString());

    /// <summary>Stages bytes as a data plane does.</summary>
    /// <returns>Their ticket.</returns>
    public long Stage(string text, string? parent = null)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var staged = Store.TryStage(bytes.Length)!;
        staged.Parent = parent is null ? 0 : KeyDigest.Hash(BlockKey.From(parent));
        bytes.CopyTo(staged.Remaining);
        staged.Advance(bytes.Length);
        return Store.Staging.Deposit(staged);
    }

    public ValueTask<BlockDecision> CommitAsync(
        string key, string text, WriteCondition condition, TimeSpan? timeToLive = null, bool keepTimeToLive = false) =>
        Grain(key).CommitAsync(new(BlockKey.From(key), Stage(text), condition, timeToLive, keepTimeToLive, Map.Current.Id));

    /// <summary>What a reader sees; null when absent.</summary>
    public string? Read(string key)
    {
        if (!Store.TryOpen(Encoding.UTF8.GetBytes(key), out var block))
            return null;
        using var open = block;
        return string.Concat(Enumerable.Range(0, open.SegmentCount).Select(i => Encoding.UTF8.GetString(open.GetSegment(i).Span)));
    }

    public BlockInfo? Info(string key) => Store.TryGetInfo(Encoding.UTF8.GetBytes(key), out var info) ? info : null;
}
