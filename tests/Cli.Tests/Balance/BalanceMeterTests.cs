using System.Net;
using KvOrleans.Cli.Balance;
using KvOrleans.Client.Status;

namespace KvOrleans.Cli.Tests.Balance;

public sealed class BalanceMeterTests
{
    private static readonly BalanceWindows Windows = BalanceWindows.For(10, BalanceWindows.DefaultWarmUp);

    private readonly BalanceMeter _meter = new(Windows);
    private int _windows;

    [Fact]
    public void EndWindow_SilosServedUnevenly_TellsMaxByMean()
    {
        Ends(("a", 1, 1_000), ("b", 1, 5_000), ("c", 1, 0));
        Ends(("a", 1, 1_100), ("b", 1, 5_100), ("c", 1, 400));

        var window = Assert.Single(_meter.Balance.Windows);
        Assert.Equal(2, window.MaxToMean); // 400 of 600 on three silos
        Assert.Equal(new Dictionary<string, long> { ["a"] = 100, ["b"] = 100, ["c"] = 400 }, window.Bytes);
        Assert.Equal((2, 2, 2), (_meter.Balance.MaxToMeanP50, _meter.Balance.MaxToMeanP99, _meter.Balance.MaxToMeanWorst));
    }

    [Fact]
    public void EndWindow_OneSilo_IsAlwaysEven()
    {
        Ends(("a", 1, 0));
        Ends(("a", 1, 7));

        Assert.Equal(1, _meter.Balance.MaxToMeanWorst);
    }

    [Fact]
    public void EndWindow_HundredWindows_TellsMedianAndTheWorstButOne()
    {
        long a = 0, b = 0;
        Ends(("a", 1, a), ("b", 1, b));
        for (var i = 1; i <= 100; i++)
            Ends(("a", 1, a += 100 + i), ("b", 1, b += 100 - i)); // max / mean is 1 + i / 100

        Assert.Equal(1.5, _meter.Balance.MaxToMeanP50!.Value, 9);
        Assert.Equal(1.99, _meter.Balance.MaxToMeanP99!.Value, 9);
        Assert.Equal(2, _meter.Balance.MaxToMeanWorst!.Value, 9);
    }

    [Fact]
    public void EndWindow_NobodyServed_IsIdleAndDoesNotCount()
    {
        Ends(("a", 1, 5), ("b", 1, 5));
        Ends(("a", 1, 5), ("b", 1, 5));

        Assert.Equal((0, 1, 0), (_meter.Balance.Windows.Count, _meter.Balance.IdleWindows, _meter.Balance.BrokenWindows));
        Assert.Null(_meter.Balance.MaxToMeanP50);
    }

    [Fact]
    public void EndWindow_ASiloBeganAnewOrIsSilentOrGone_LeavesItsWindowsOut()
    {
        Ends(("a", 1, 0), ("b", 1, 500));
        Ends(("a", 1, 100), ("b", 2, 20)); // another life counts from 0
        Ends(("a", 1, 200), ("b", 2, 120));
        Ends(("a", 1, 300), ("b", 2, null));
        Ends(("a", 1, 400), ("b", 2, 320));
        Ends(("a", 1, 500));
        Ends(("a", 1, 600));

        Assert.Equal(4, _meter.Balance.BrokenWindows);
        Assert.Equal([1, 1], _meter.Balance.Windows.Select(window => window.MaxToMean));
    }

    [Fact]
    public void Look_ExtraCopies_KeepsTheMostAtATimeOnAllSilosAndWhatWasMade()
    {
        Assert.Null(_meter.ExtraCopies);
        _meter.Look([Extra("a", 1, made: 1, copies: 1, bytes: 10), Extra("b", 1, made: 2, copies: 2, bytes: 20)]);
        _meter.Look([Extra("a", 1, made: 4, copies: 3, bytes: 30), Report("b", 1, [])]);
        _meter.Look([Extra("a", 2, made: 1, copies: 0, bytes: 0), Extra("b", 1, made: 2, copies: 0, bytes: 0)]);

        // 30 of 2 × 1,000 first, then 30 of the 1,000 of the one that answered.
        Assert.Equal(new ExtraCopiesReport(CopiesMade: 4 + 1 + 2, MostBytes: 30, MostShare: 0.03, MostCopies: 3, MostHotBlocks: 2), _meter.ExtraCopies);
    }

    [Theory]
    [InlineData(10.0, 6, 60, true)]
    [InlineData(60.0, 1, 10, true)]
    [InlineData(null, 6, 60, false)]
    public void For_Speedup_IsSixtySecondsOfTheTrace(double? speedup, int window, int warmUp, bool isTraceTime) => Assert.Equal(
        new BalanceWindows(TimeSpan.FromSeconds(window), TimeSpan.FromSeconds(warmUp), isTraceTime), BalanceWindows.For(speedup, BalanceWindows.DefaultWarmUp));

    private void Ends(params (string Name, ulong Life, long? Sent)[] silos) => _meter.EndWindow(
        TimeSpan.FromSeconds(_windows++), [.. silos.Select(silo => Report(silo.Name, silo.Life, silo.Sent is { } sent ? new() { ["sent_bytes"] = $"{sent}" } : []))]);

    private static SiloReport Extra(string name, ulong life, long made, long copies, long bytes) => Report(name, life, new()
    {
        ["arena_bytes"] = "1000",
        ["hot_blocks"] = "1",
        ["hot_copies_made"] = $"{made}",
        ["extra_blocks"] = $"{copies}",
        ["extra_bytes"] = $"{bytes}",
    });

    private static SiloReport Report(string name, ulong life, Dictionary<string, string> values) =>
        new(new(name, "", 1, new(IPAddress.Loopback, 1), new(life)), values.Count > 0, values);
}
