using KvOrleans.LoadGenerator.Payloads;
using KvOrleans.LoadGenerator.Servers;
using KvOrleans.LoadGenerator.Targets;

namespace KvOrleans.LoadGenerator.Contenders;

/// <summary>A server under this program's own load.</summary>
internal sealed class TargetContender(string name, IServerKind kind, IBenchTarget target) : IContender
{
    public string Name { get; } = name;

    public string? WhatIsMissing() => target.WhatIsMissing() ?? kind.WhatIsMissing();

    public async Task<IStage> PrepareAsync(BlockSet blocks, CancellationToken cancellation)
    {
        var server = await kind.StartAsync(ServerNeeds.ToHold(blocks.Bytes), cancellation);
        var stage = new TargetStage(server, target, blocks);
        try
        {
            await stage.FillAsync(cancellation);
            await stage.VerifyAsync(cancellation);
            return stage;
        }
        catch
        {
            await stage.DisposeAsync();
            throw;
        }
    }
}
