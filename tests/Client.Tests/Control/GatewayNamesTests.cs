using System.Net;
using System.Net.Sockets;
using KvOrleans.Client.Control;
using Microsoft.Extensions.Logging.Abstractions;

namespace KvOrleans.Client.Tests.Control;

/// <summary>A name of gateways is looked up each time that Orleans asks, and what it stood for is kept while it stands for nothing.</summary>
public sealed class GatewayNamesTests
{
    private static readonly DnsEndPoint Name = new("cache.example", 30000);

    private IPAddress[]? _found = [];

    [Fact]
    public async Task Name_IsLookedUpEachTime()
    {
        var gateways = Make([new(IPAddress.Loopback, 1)]);

        _found = [IPAddress.Parse("10.0.0.1"), IPAddress.Parse("10.0.0.2")];
        Assert.Equal(["127.0.0.1:1", "10.0.0.1:30000", "10.0.0.2:30000"], await AskAsync(gateways));
        _found = [IPAddress.Parse("10.0.0.3")];
        Assert.Equal(["127.0.0.1:1", "10.0.0.3:30000"], await AskAsync(gateways));
        Assert.True(gateways.IsUpdatable);
    }

    [Fact]
    public void List_WithoutNames_IsReadAnewToo() =>
        // Orleans tries a gateway that it could not reach again only when it reads the list anew.
        Assert.True(new GatewayNames([new(IPAddress.Loopback, 1)], [], TimeSpan.FromSeconds(2), (_, _) => Task.FromResult<IPAddress[]>([]), NullLogger.Instance).IsUpdatable);

    [Fact]
    public async Task Name_WithoutAnAddress_KeepsWhatItHad()
    {
        var gateways = Make([]);
        Assert.Empty(await AskAsync(gateways));
        _found = [IPAddress.Parse("10.0.0.1")];
        Assert.Equal(["10.0.0.1:30000"], await AskAsync(gateways));

        _found = [];
        Assert.Equal(["10.0.0.1:30000"], await AskAsync(gateways));
        _found = null;
        Assert.Equal(["10.0.0.1:30000"], await AskAsync(gateways));
    }

    [Theory]
    [InlineData("kvorleans.kvorleans.svc:30000", true)]
    [InlineData("localhost:1", true)]
    [InlineData("10.0.0.1:30000", true)]
    [InlineData("kvorleans", false)]
    [InlineData(":30000", false)]
    [InlineData("kvorleans:0", false)]
    [InlineData("kvorleans:65536", false)]
    [InlineData("kvorleans:http", false)]
    [InlineData("two words:1", false)]
    [InlineData(null, false)]
    public void Text_IsANameAndAPort(string? text, bool isOne) => Assert.Equal(isOne, GatewayNames.TryParse(text) is not null);

    private GatewayNames Make(IReadOnlyList<IPEndPoint> fixedOnes) => new(
        fixedOnes, [Name], TimeSpan.FromSeconds(2),
        (name, _) => _found is { } found && name == Name.Host ? Task.FromResult(found) : throw new SocketException((int)SocketError.HostNotFound),
        NullLogger.Instance);

    private static async Task<IEnumerable<string>> AskAsync(GatewayNames gateways) =>
        (await gateways.GetGateways()).Select(gateway => $"{gateway.Host}:{gateway.Port}");
}
