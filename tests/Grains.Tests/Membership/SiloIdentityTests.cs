using System.Net;
using KvOrleans.Contracts.Cluster;

namespace KvOrleans.Grains.Tests.Membership;

public sealed class SiloIdentityTests
{
    [Theory]
    [InlineData("silo-0", "", "127.0.0.1:6380")]
    [InlineData("a|b|c", "zone|1", "10.0.0.7:1")]
    [InlineData("100% \t\n", "%7C", "127.0.0.1:65535")]
    [InlineData("größe 🚀", "ελ", "[::1]:6380")]
    [InlineData(" ", "=&?/#", "0.0.0.0:6380")]
    public void Encode_OfAnyName_IsReadBack(string name, string zone, string endpoint)
    {
        var identity = new SiloIdentity(name, zone, 4711, IPEndPoint.Parse(endpoint));

        Assert.Equal(identity, SiloIdentity.TryDecode(identity.Encode()));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Silo_4f2c")]
    [InlineData("|zone|1|127.0.0.1:1")]
    [InlineData("name|zone|0|127.0.0.1:1")]
    [InlineData("name|zone|-1|127.0.0.1:1")]
    [InlineData("name|zone|1|nowhere")]
    [InlineData("name|zone|1|127.0.0.1:1|more")]
    public void TryDecode_OfAnotherName_IsNull(string? name) => Assert.Null(SiloIdentity.TryDecode(name));
}
