using System.Text.RegularExpressions;
using System.Xml.Linq;
using KvOrleans.Kubernetes.Tests.Overlays;
using KvOrleans.Silo.Configuration;

namespace KvOrleans.Kubernetes.Tests.Images;

/// <summary>Both ways to make the image say the same: the silo's ports, the runtime's settings and a user without rights.</summary>
public sealed partial class ImageTests
{
    private static readonly KvOrleansOptions Options = new();
    private static readonly string Dockerfile = File.ReadAllText(Path.Combine(Overlay.Root(), "Dockerfile"));
    private static readonly XDocument Project = XDocument.Load(Path.Combine(Overlay.Root(), "src", "Silo", "Silo.csproj"));

    [Fact]
    public void Ports_AreTheSilos()
    {
        int[] ports = [Options.DataPlane.Port, Options.Http.Port, Options.SiloPort, Options.GatewayPort];

        Assert.Equal(string.Join(' ', ports), Exposed().Match(Dockerfile).Groups[1].Value);
        Assert.Equal(string.Join(';', ports), Project.Descendants("ContainerPort").Single().Attribute("Include")!.Value);
    }

    [Fact]
    public void Settings_OfTheRuntime_AreTheSame()
    {
        var variables = Project.Descendants("ContainerEnvironmentVariable").Select(one => $"{one.Attribute("Include")!.Value}={one.Attribute("Value")!.Value}");

        Assert.Equal(variables.Order(), Setting().Matches(Dockerfile).Select(match => match.Value).Order());
    }

    [Fact]
    public void Bases_AreWithoutAShell()
    {
        Assert.Contains($"-{Project.Descendants("ContainerFamily").Single().Value} AS silo", Dockerfile, StringComparison.Ordinal);
        Assert.Contains("USER $APP_UID", Dockerfile, StringComparison.Ordinal);
    }

    [GeneratedRegex("^EXPOSE (.*)$", RegexOptions.Multiline)]
    private static partial Regex Exposed();

    [GeneratedRegex(@"DOTNET_\w+=\S+(?=\s)(?<!IMAGES=\S+)")]
    private static partial Regex Setting();
}
