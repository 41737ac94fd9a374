using KvOrleans.LoadGenerator.Payloads;
using KvOrleans.LoadGenerator.Servers;

namespace KvOrleans.LoadGenerator.Contenders;

/// <summary>iperf3, what the kernel's loopback carries: as many streams as a cell has connections, in processes of its own.</summary>
internal sealed class Iperf3Contender : IContender
{
    public string Name => "iperf3";

    public string? WhatIsMissing() => Programs.WhatIsMissing(Iperf3Session.Program, "iperf3");

    public Task<IStage> PrepareAsync(BlockSet blocks, CancellationToken cancellation) => Task.FromResult<IStage>(new Iperf3Stage());
}
