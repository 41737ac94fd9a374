namespace KvOrleans.LoadGenerator.Servers;

/// <summary>A server program and how to start it.</summary>
internal interface IServerKind
{
    /// <summary>What must be done before the server can be started here; null when nothing.</summary>
    string? WhatIsMissing();

    /// <summary>Starts the server as a process of its own on free loopback ports and waits until it answers.</summary>
    /// <exception cref="ServerException">It ended, or did not answer in time; the message has its last words.</exception>
    Task<RunningServer> StartAsync(ServerNeeds needs, CancellationToken cancellation);
}
