using System.IO.Compression;
using System.Xml.Linq;
using KvOrleans.Packages.Tests.Feeds;

namespace KvOrleans.Packages.Tests;

/// <summary>The packages hold what they should, and whoever has nothing but them can use them.</summary>
public sealed class PackageTests(FeedFixture feed) : IClassFixture<FeedFixture>
{
    private const string Consumer = """
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup>
            <OutputType>Exe</OutputType>
            <TargetFramework>net10.0</TargetFramework>
            <ImplicitUsings>enable</ImplicitUsings>
            <UseAppHost>false</UseAppHost>
            <NuGetAudit>false</NuGetAudit>
          </PropertyGroup>
          <ItemGroup>
            <PackageReference Include="KvOrleans.Client" Version="*" />
          </ItemGroup>
        </Project>
        """;

    // Nobody listens there: trouble is a miss.
    private const string Program = """
        using System.Net;
        using KvOrleans.Client;
        using KvOrleans.Contracts.Blocks;

        var options = new PrefixCacheClientOptions { DefaultDeadline = TimeSpan.FromMilliseconds(200) };
        options.Gateways.Add(new(IPAddress.Loopback, 1));
        await using var client = PrefixCacheClient.Connect(options);
        await using var match = await client.MatchAsync(new[] { BlockKey.From("kv:consumer/1") });
        Console.WriteLine($"matched {match.LeasedBlocks}");
        """;

    [Theory]
    [InlineData("KvOrleans.Contracts", "lib/net10.0/KvOrleans.Contracts.dll", "lib/net10.0/KvOrleans.Contracts.xml")]
    [InlineData("KvOrleans.Wire", "lib/net10.0/KvOrleans.Wire.dll", "lib/net10.0/KvOrleans.Wire.xml")]
    [InlineData("KvOrleans.Client", "lib/net10.0/KvOrleans.Client.dll", "lib/net10.0/KvOrleans.Client.xml")]
    [InlineData("KvOrleans.Cli", "tools/net10.0/any/kvo.dll", "tools/net10.0/any/silo/KvOrleans.Silo.dll")]
    public void Package_IsWhole(string id, params string[] files)
    {
        var path = Assert.Single(Directory.GetFiles(feed.Feed, $"{id}.*.nupkg"));
        using var package = ZipFile.OpenRead(path);
        using var description = package.GetEntry($"{id}.nuspec")!.Open();
        var metadata = XDocument.Load(description).Root!.Elements().First();

        Assert.Equal("Apache-2.0", Value(metadata, "license"));
        Assert.Equal("README.md", Value(metadata, "readme"));
        Assert.Equal("KvOrleans", Value(metadata, "authors"));
        Assert.NotEmpty(Value(metadata, "description"));
        Assert.All(files.Append("README.md"), file => Assert.NotNull(package.GetEntry(file)));
        using var symbols = ZipFile.OpenRead(Path.ChangeExtension(path, ".snupkg"));
        Assert.Contains(symbols.Entries, entry => entry.Name == Path.ChangeExtension(Path.GetFileName(files[0]), ".pdb"));
    }

    [Fact]
    public async Task Tool_FromTheFeed_RunsWhereItIsInstalled()
    {
        var tools = Path.Combine(feed.Folder, "tools");

        await Dotnet.RunAsync(feed.Folder, feed.Packages, "tool", "install", "KvOrleans.Cli", "--tool-path", tools);

        var kvo = Path.Combine(tools, OperatingSystem.IsWindows() ? "kvo.exe" : "kvo");
        Assert.Matches(@"^\d+\.\d+\.\d+", await Dotnet.RunProgramAsync(kvo, feed.Folder, feed.Packages, "--version"));
        Assert.Contains("Start with: kvo demo", await Dotnet.RunProgramAsync(kvo, feed.Folder, feed.Packages, "--help"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Client_FromTheFeed_IsUsedByAProgram()
    {
        var folder = Directory.CreateDirectory(Path.Combine(feed.Folder, "consumer")).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "consumer.csproj"), Consumer, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(folder, "Program.cs"), Program, TestContext.Current.CancellationToken);

        await Dotnet.RunAsync(folder, feed.Packages, "build", "-o", "out");

        Assert.Equal("matched 0", (await Dotnet.RunAsync(folder, feed.Packages, Path.Combine("out", "consumer.dll"))).Trim());
    }

    private static string Value(XElement metadata, string name) => metadata.Elements().Single(element => element.Name.LocalName == name).Value;
}
