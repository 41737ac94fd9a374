using KvOrleans.LoadGenerator.Servers;

namespace KvOrleans.LoadGenerator.Targets;

/// <summary>
/// Our data plane through the client library, as an inference node uses it. The adapter goes here: an
/// <see cref="IBenchConnection"/> over one client, whose GET reads into a preallocated pinned array and returns a slice of it.
/// </summary>
internal sealed class ThinClientTarget : IBenchTarget
{
    public bool Overwrites => false;

    public string? WhatIsMissing() => "there is no adapter for the client library yet";

    public Task<IBenchConnection> ConnectAsync(RunningServer server, int longestPayload, CancellationToken cancellation) =>
        throw new NotSupportedException(WhatIsMissing());
}
