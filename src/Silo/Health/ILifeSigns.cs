namespace KvOrleans.Silo.Health;

/// <summary>What a life tells of itself. Thread-safe.</summary>
internal interface ILifeSigns
{
    /// <summary>Why clients should not be sent here; null when they should.</summary>
    string? WhyNotReady();

    /// <summary>What has ended and must not while the life goes on; null when nothing has.</summary>
    string? WhatEnded();

    /// <summary>What goes on as long as the silo works, however much it has to do.</summary>
    IEnumerable<Progress> Progress();
}
