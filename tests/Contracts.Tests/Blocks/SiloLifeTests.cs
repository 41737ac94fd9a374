using System.Net;
using KvOrleans.Contracts.Blocks;
using Orleans.Runtime;

namespace KvOrleans.Contracts.Tests.Blocks;

public class SiloLifeTests
{
    // From python: hashlib.sha256(b"10.1.2.3:11111@424242").hexdigest()[:16]
    [Theory]
    [InlineData("127.0.0.1", 1, "58a3f23bccb4f810")]
    [InlineData("10.1.2.3", 424242, "1258cbcaf854288d")]
    public void Of_Address_IsPinned(string ip, int generation, string life) =>
        Assert.Equal(life, SiloLife.Of(SiloAddress.New(IPAddress.Parse(ip), 11111, generation)).ToString());

    [Fact]
    public void Of_NextGeneration_IsAnotherLife() =>
        Assert.NotEqual(SiloLife.Of(SiloAddress.New(IPAddress.Loopback, 1, 1)), SiloLife.Of(SiloAddress.New(IPAddress.Loopback, 1, 2)));
}
