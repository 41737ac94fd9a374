using System.Net;
using System.Reflection;
using System.Text.Json;
using System.Xml.Linq;
using k8s.Models;
using KvOrleans.Kubernetes.Tests.Overlays;
using KvOrleans.Kubernetes.Tests.Silos;

namespace KvOrleans.Kubernetes.Tests.Rehearsal;

/// <summary>What is different from a cluster when all pods are processes of one machine: everything that the manifests do not say themselves, or that is not as they say, is here.</summary>
internal sealed class OneMachine : IDisposable
{
    /// <summary>Periods of probes, and for how long a pod must be ready, are so much shorter. Thresholds and timeouts are the manifest's.</summary>
    public const double Pace = 0.25;

    private static readonly string[] Zones = ["zone-a", "zone-b", "zone-c"];

    private readonly byte[] _network = [127, (byte)Random.Shared.Next(1, 255), (byte)Random.Shared.Next(0, 255)];
    private readonly Overlay _overlay;
    private readonly DirectoryInfo _claims = Directory.CreateTempSubdirectory("kvorleans-claims-");
    private int _pods;

    public OneMachine(Overlay overlay)
    {
        _overlay = overlay;
        RedisAddress = NextAddress();
    }

    public IPAddress RedisAddress { get; }

    public static TimeSpan Paced(double seconds) => TimeSpan.FromSeconds(seconds * Pace);

    /// <summary>Each pod has an address of its own, another one after a restart, as pods have: loopback has enough of them. So ports are the manifest's.</summary>
    public IPAddress NextAddress() => new([.. _network, checked((byte)++_pods)]);

    /// <summary>The silo's command line: the image's, since the pod has none, with the folder where this build has it.</summary>
    public string[] Command()
    {
        Assert.Null(_overlay.Container.Command);
        Assert.Null(_overlay.Container.Args);
        const string instruction = "ENTRYPOINT ";
        var line = File.ReadLines(Path.Combine(Overlay.Root(), "Dockerfile")).Last(line => line.StartsWith(instruction, StringComparison.Ordinal));
        return [.. JsonSerializer.Deserialize<string[]>(line[instruction.Length..])!.Select(part => part == $"/app/{Path.GetFileName(Silo)}" ? Silo : part)];
    }

    /// <summary>Where the silo is started; the image's working folder is its own, too.</summary>
    public static string Folder => Path.GetDirectoryName(Silo)!;

    /// <summary>The silo's environment: the image's, the pod's, and what one machine cannot have.</summary>
    public Dictionary<string, string> Environment(int ordinal, IPAddress address)
    {
        var project = XDocument.Load(Path.Combine(Overlay.Root(), "src", "Silo", "Silo.csproj"));
        var values = project.Descendants("ContainerEnvironmentVariable").ToDictionary(one => one.Attribute("Include")!.Value, one => one.Attribute("Value")!.Value);
        // The downward API.
        var fields = new Dictionary<string, string>
        {
            ["metadata.name"] = $"{_overlay.Silos.Metadata.Name}-{ordinal}",
            ["metadata.labels['topology.kubernetes.io/zone']"] = Zones[ordinal % Zones.Length],
            ["status.podIP"] = address.ToString(),
        };
        foreach (var (name, value) in PodEnvironment.Of(_overlay.Container, fields))
            values[name] = value;

        // All addresses of the machine are those of all pods.
        Assert.Equal("0.0.0.0", values["KvOrleans__ListenAddress"]);
        values["KvOrleans__ListenAddress"] = address.ToString();
        // Nobody here looks up the names of services.
        var service = $"{_overlay.Named<V1Service>("kvorleans-redis").Metadata.Name}:";
        Assert.StartsWith(service, values["KvOrleans__Redis"], StringComparison.Ordinal);
        values["KvOrleans__Redis"] = $"{RedisAddress}:{values["KvOrleans__Redis"][service.Length..]}";
        // Five silos are to fit, and two to hold what is read. A value is to fit into a silo.
        values["KvOrleans__Memory__Bytes"] = "64MiB";
        values["KvOrleans__DataPlane__MaxValueBytes"] = "8MiB";
        // A claim is a folder that stays while its pod is made anew.
        values["KvOrleans__Disk__Paths__0"] = _claims.CreateSubdirectory($"{Assert.Single(_overlay.Silos.Spec.VolumeClaimTemplates).Metadata.Name}-{fields["metadata.name"]}").FullName;
        // It ends when the tests do, however they end.
        values["KvOrleans__StopWithInput"] = "true";
        return values;
    }

    public void Dispose() => _claims.Delete(recursive: true);

    /// <summary>Redis' command line, with a folder and an address of this machine.</summary>
    public string[] RedisCommand(string folder)
    {
        var container = Assert.Single(_overlay.Named<V1StatefulSet>("kvorleans-redis").Spec.Template.Spec.Containers);
        var environment = PodEnvironment.Of(container, new Dictionary<string, string>());
        var parts = container.Command.Concat(container.Args).Select(
            part => environment.Aggregate(part, (text, variable) => text.Replace($"$({variable.Key})", variable.Value, StringComparison.Ordinal)));
        return [.. parts.Select(part => part == "/data" ? folder : part), "--bind", RedisAddress.ToString()];
    }

    private static string Silo => typeof(OneMachine).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "Silo").Value!;
}
