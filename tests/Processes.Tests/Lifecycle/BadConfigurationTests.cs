using System.Net;
using System.Net.Sockets;
using KvOrleans.Processes.Tests.Running;

namespace KvOrleans.Processes.Tests.Lifecycle;

/// <summary>A silo that is told nonsense does not start, and says which option, what it got and what it accepts.</summary>
public sealed class BadConfigurationTests
{
    private const int BadConfiguration = 78;
    private const int Failure = 1;

    [Theory]
    [InlineData("DataPlane:Port", "0", "KvOrleans:DataPlane:Port is '0'; accepted: 1 to 65535.")]
    [InlineData("DataPlane:Port", "70000", "KvOrleans:DataPlane:Port is '70000'; accepted: 1 to 65535.")]
    [InlineData("Http:Port", "http", "'http' at 'KvOrleans:Http:Port'")]
    [InlineData("Http:OrleansDashboard", "on", "'on' at 'KvOrleans:Http:OrleansDashboard'")]
    [InlineData("Http:OrleansDashbord", "true", "'OrleansDashbord'")]
    [InlineData("Http:Console", "perhaps", "'perhaps' at 'KvOrleans:Http:Console'")]
    [InlineData("Memory:Bytes", "8XB", "'8XB' at 'KvOrleans:Memory:Bytes'")]
    [InlineData("Memory:Bytes", "8XB", "accepted: a whole number of bytes, or a number with KiB, MiB, GiB or TiB, such as 8GiB")]
    [InlineData("Memory:Bytes", "1MiB", "KvOrleans:Memory:Bytes is '1MiB'; accepted: 2MiB to")]
    [InlineData("Memory:Bytes", "8TiB", "KvOrleans:Memory:Bytes is '8TiB'; accepted: 2MiB to")]
    [InlineData("Memory:Bytes", "4TiB", "KvOrleans:Memory:Bytes is '4TiB'; accepted: 2MiB to")]
    [InlineData("Memory:Bytes", "4TiB", "since the memory limit (the container's, else the machine's) is")]
    [InlineData("DataPlane:Prot", "7000", "'Prot'")]
    [InlineData("Clustering", "Redis", "KvOrleans:Redis is ''; accepted: a connection string such as localhost:6379 when Clustering is Redis.")]
    [InlineData("Clustering", "Consul", "'Consul' at 'KvOrleans:Clustering'")]
    [InlineData("WriteOnce:Shapes:0", "(", "KvOrleans:WriteOnce:Shapes has '('; accepted: regular expressions without backtracking.")]
    [InlineData("WriteOnce:Shapes:0", "(a)\\1", "KvOrleans:WriteOnce:Shapes has '(a)\\1'; accepted: regular expressions without backtracking.")]
    [InlineData("Copies:Minimum", "0", "KvOrleans:Copies:Minimum is '0'; accepted: 1 to 64.")]
    [InlineData("Copies:Minimum", "3", "KvOrleans:Copies:AfterReuse is '2'; accepted: Copies:Minimum to 64.")]
    [InlineData("Copies:Maximum", "1", "KvOrleans:Copies:Maximum is '1'; accepted: Copies:AfterReuse to 64, or nothing for all silos.")]
    [InlineData("Copies:Share", "1.5", "KvOrleans:Copies:Share is '1.5'; accepted: 0 to 1.")]
    [InlineData("Digests:BytesPerSecond", "1KiB", "KvOrleans:Digests:BytesPerSecond is '1KiB'; accepted: 1MiB to 1TiB.")]
    [InlineData("Repair:BytesPerSecond", "1KiB", "KvOrleans:Repair:BytesPerSecond is '1KiB'; accepted: 1MiB to 1TiB.")]
    [InlineData("Drain:Grace", "02:00:00", "KvOrleans:Drain:Grace is '02:00:00'; accepted: 00:00:00 to 01:00:00.")]
    [InlineData("Disk:Bytes", "1GiB", "'Bytes'")]
    [InlineData("Disk:Paths:0", "volume", "KvOrleans:Disk:Paths has 'volume'; accepted: absolute paths of directories.")]
    [InlineData("Disk:Paths:0", "", "KvOrleans:Disk:Paths has ''; accepted: absolute paths of directories.")]
    [InlineData("Tombstones:Maximum", "0", "KvOrleans:Tombstones:Maximum is '0'; accepted: 1 to 16777216.")]
    [InlineData("Tombstones:Lifetime", "00:00:30", "KvOrleans:Tombstones:Lifetime is '00:00:30'; accepted: 00:01:00 to 30.00:00:00.")]
    [InlineData("DataPlane:StallTimeout", "00:00:00.5", "KvOrleans:DataPlane:StallTimeout is '00:00:00.5000000'; accepted: 00:00:01 to 01:00:00.")]
    public async Task Start_WithABadOption_IsRefusedByName(string option, string value, string expected)
    {
        var (code, written) = await SiloProcess.RefuseAsync($"--KvOrleans:{option}", value);

        Assert.Contains(expected, written, StringComparison.Ordinal);
        Assert.Equal(BadConfiguration, code);
    }

    [Fact]
    public async Task Start_WithSeveralBadOptions_NamesThemAll()
    {
        var (code, written) = await SiloProcess.RefuseAsync("--KvOrleans:Http:Port", "7777", "--KvOrleans:SiloPort", "7777", "--KvOrleans:Grains:MaxAwake", "1");

        Assert.Contains("KvOrleans:SiloPort and KvOrleans:Http:Port are all 7777; accepted: four different ports.", written, StringComparison.Ordinal);
        Assert.Contains("KvOrleans:Grains:MaxAwake is '1'; accepted: 16 to 1000000.", written, StringComparison.Ordinal);
        Assert.Equal(BadConfiguration, code);
    }

    [Fact]
    public async Task Start_WithADirectoryNamedTwice_IsRefused()
    {
        var (code, written) = await SiloProcess.RefuseAsync("--KvOrleans:Disk:Paths:0", "/tmp/kvorleans-volume", "--KvOrleans:Disk:Paths:1", "/tmp/./kvorleans-volume/");

        Assert.Contains("KvOrleans:Disk:Paths has '/tmp/kvorleans-volume' 2 times; accepted: each directory once.", written, StringComparison.Ordinal);
        Assert.Equal(BadConfiguration, code);
    }

    [Fact]
    public async Task Start_WithARedisStringThatIsNone_IsRefusedWithoutShowingIt()
    {
        var (code, written) = await SiloProcess.RefuseAsync(
            "--KvOrleans:Clustering", "Redis", "--KvOrleans:Redis", "localhost:1,password=very-secret,nonsense=1");

        Assert.Contains("KvOrleans:Redis", written, StringComparison.Ordinal);
        Assert.DoesNotContain("very-secret", written, StringComparison.Ordinal);
        Assert.Equal(BadConfiguration, code);
    }

    [Theory]
    [InlineData("SiloPort")]
    [InlineData("GatewayPort")]
    [InlineData("DataPlane:Port")]
    [InlineData("Http:Port")]
    public async Task Start_WithAPortInUse_FailsAndSaysWhich(string option)
    {
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        taken.Listen();
        var port = ((IPEndPoint)taken.LocalEndPoint!).Port;

        var (code, written) = await SiloProcess.RefuseAsync($"--KvOrleans:{option}", $"{port}");

        Assert.Contains("The silo does not start: ", written, StringComparison.Ordinal);
        Assert.Contains($"127.0.0.1:{port} (KvOrleans:{option})", written, StringComparison.Ordinal);
        Assert.DoesNotContain("Unhandled exception", written, StringComparison.Ordinal);
        Assert.Equal(Failure, code);
    }
}
