using KvOrleans.LoadGenerator.Servers;

namespace KvOrleans.LoadGenerator.Targets;

/// <summary>A way to talk to a server: a protocol, or a client library. Add one to <see cref="Contenders.ContenderCatalog"/>.</summary>
internal interface IBenchTarget
{
    /// <summary>
    /// Whether a key may be stored again with effect. Where blocks are write-once, SET slices use new keys for ever and
    /// leave it to the server to evict old ones.
    /// </summary>
    bool Overwrites { get; }

    /// <summary>What must be done before it can be used; null when nothing.</summary>
    string? WhatIsMissing() => null;

    /// <summary>Opens a connection whose GETs expect payloads of at most <paramref name="longestPayload"/> bytes.</summary>
    Task<IBenchConnection> ConnectAsync(RunningServer server, int longestPayload, CancellationToken cancellation);
}
