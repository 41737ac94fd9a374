using KvOrleans.Cli.Silos;

namespace KvOrleans.Cli.Tests.Silos;

public sealed class SiloMemoryTests
{
    private const long Large = 1L << 40;

    [Fact]
    public void For_OneSilo_HoldsEveryBlock()
    {
        var memory = SiloMemory.For(66_497, 65_536, silos: 1, Large);

        Assert.False(memory.IsCapped);
        Assert.InRange(memory.BytesPerSilo, 66_497L * 65_536, 66_497L * 65_536 * 1.05);
    }

    [Fact]
    public void For_SmallBlocks_CountsWholePages() => Assert.True(SiloMemory.For(100_000, 1, silos: 1, Large).BytesPerSilo >= 100_000L * 4096);

    [Fact]
    public void For_SeveralSilos_AllowsForUnevenSpread() =>
        Assert.True(SiloMemory.For(80_000, 65_536, silos: 8, Large).BytesPerSilo > 10_000L * 65_536 * 11 / 10);

    [Fact]
    public void For_MoreThanTheMachineHas_IsCappedAtHalfOfIt()
    {
        var memory = SiloMemory.For(1_000_000, 65_536, silos: 2, machineBytes: 8L << 30);

        Assert.True(memory.IsCapped);
        Assert.Equal(2L << 30, memory.BytesPerSilo);
    }
}
