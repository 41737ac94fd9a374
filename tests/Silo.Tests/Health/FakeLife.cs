using KvOrleans.Silo.Health;

namespace KvOrleans.Silo.Tests.Health;

/// <summary>A life that tells what the test wants it to.</summary>
internal sealed class FakeLife : ILifeSigns
{
    public string? NotReady { get; set; }

    public string? Ended { get; set; }

    public long Turns { get; set; }

    public bool IsIdle { get; set; }

    public string? WhyNotReady() => NotReady;

    public string? WhatEnded() => Ended;

    public IEnumerable<Progress> Progress() => [new("turning", Turns, IsIdle)];
}
