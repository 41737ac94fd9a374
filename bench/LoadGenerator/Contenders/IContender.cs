using KvOrleans.LoadGenerator.Payloads;

namespace KvOrleans.LoadGenerator.Contenders;

/// <summary>One column of the table.</summary>
internal interface IContender
{
    string Name { get; }

    /// <summary>What must be done before it can take part; null when nothing.</summary>
    string? WhatIsMissing();

    /// <summary>Starts its server afresh, stores all of <paramref name="blocks"/>, and reads and verifies them all.</summary>
    Task<IStage> PrepareAsync(BlockSet blocks, CancellationToken cancellation);
}
