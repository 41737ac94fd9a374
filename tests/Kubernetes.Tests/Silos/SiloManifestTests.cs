using System.Net;
using k8s.Models;
using KvOrleans.Kubernetes.Tests.Overlays;
using KvOrleans.Silo.Configuration;
using KvOrleans.Silo.Health;
using Microsoft.Extensions.Configuration;

namespace KvOrleans.Kubernetes.Tests.Silos;

/// <summary>The pods are told what the silo reads, and nothing else: options, ports and probes are held against the code's own.</summary>
public sealed class SiloManifestTests(OverlayFixture overlays) : IClassFixture<OverlayFixture>
{
    private static readonly TimeSpan Stopping = TimeSpan.FromSeconds(15);

    private static readonly Dictionary<string, string> Fields = new()
    {
        ["metadata.name"] = "kvorleans-1",
        ["metadata.labels['topology.kubernetes.io/zone']"] = "zone-b",
        ["status.podIP"] = "10.0.0.7",
    };

    public static TheoryData<string> All { get; } = ["dev", "kind", "prod"];

    [Theory]
    [MemberData(nameof(All))]
    public void Environment_IsWhatTheSiloReads(string name)
    {
        var options = Options(name);

        Assert.Equal("kvorleans-1", options.SiloName);
        Assert.Equal("zone-b", options.Zone);
        Assert.Equal("10.0.0.7", options.AdvertisedAddress);
        Assert.Equal(IPAddress.Any, IPAddress.Parse(options.ListenAddress));
        var read = from variable in overlays[name].Container.Env select variable.Name.Split("__")[0];
        Assert.All(read, first => Assert.Contains(first, new[] { KvOrleansOptions.Section, "REDIS_PASSWORD" }));
    }

    [Fact]
    public void Environment_WithAVariableThatNobodyReads_IsRefused()
    {
        var values = Values("prod").Append(new("KvOrleans__Drain__Gracious", "00:00:25"));

        Assert.ThrowsAny<Exception>(() => Load(values));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Ports_AreTheOptions(string name)
    {
        var options = Options(name);
        var ports = overlays[name].Container.Ports.ToDictionary(port => port.Name, port => port.ContainerPort);

        Assert.Equal(
            new() { ["silo"] = options.SiloPort, ["gateway"] = options.GatewayPort, ["resp"] = options.DataPlane.Port, ["http"] = options.Http.Port }, ports);
        foreach (var port in from service in overlays[name].Objects.OfType<V1Service>()
                             where service.Spec.Selector["app.kubernetes.io/component"] == "silo"
                             from port in service.Spec.Ports
                             select port)
        {
            Assert.Equal(ports[port.TargetPort.Value], port.Port);
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Probes_AskWhatIsAnswered(string name)
    {
        var container = overlays[name].Container;
        var answers = new HealthAnswers(new(), new(new(), TimeSpan.Zero, TimeProvider.System));

        Assert.Equal(
            [ProbePaths.Started, ProbePaths.Live, ProbePaths.Ready],
            new[] { container.StartupProbe, container.LivenessProbe, container.ReadinessProbe }.Select(probe => probe.HttpGet.Path));
        Assert.All([container.StartupProbe, container.LivenessProbe, container.ReadinessProbe], probe =>
        {
            Assert.Equal("http", probe.HttpGet.Port.Value);
            Assert.NotNull(answers.To(probe.HttpGet.Path));
        });
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Grace_IsLongerThanTheHandoffAndTheStop(string name) =>
        Assert.True(TimeSpan.FromSeconds(overlays[name].Pod.TerminationGracePeriodSeconds ?? 30) >= Options(name).Drain.Grace + Stopping);

    [Theory]
    [MemberData(nameof(All))]
    public void Pod_HasTheLeastRights(string name)
    {
        var (pod, container) = (overlays[name].Pod, overlays[name].Container);

        Assert.True(pod.SecurityContext.RunAsNonRoot);
        Assert.True(pod.SecurityContext.RunAsUser > 0);
        Assert.True(container.SecurityContext.ReadOnlyRootFilesystem);
        Assert.False(container.SecurityContext.AllowPrivilegeEscalation);
        Assert.Equal(["ALL"], container.SecurityContext.Capabilities.Drop);
        Assert.False(pod.AutomountServiceAccountToken);
        Assert.False(overlays[name].Named<V1ServiceAccount>(pod.ServiceAccountName).AutomountServiceAccountToken);
        Assert.DoesNotContain(overlays[name].Objects, one => one is V1Role or V1ClusterRole or V1RoleBinding or V1ClusterRoleBinding);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Memory_IsLimitedAndReserved(string name)
    {
        var resources = overlays[name].Container.Resources;

        Assert.Equal(resources.Requests["memory"].ToInt64(), resources.Limits["memory"].ToInt64());
        // The arena is half of it, and there is room for the rest.
        Assert.Empty(KvOrleansOptionsValidator.Arena(new(resources.Limits["memory"].ToInt64() / 2), resources.Limits["memory"].ToInt64()));
    }

    [Fact]
    public void Dev_IsOneSiloThatNeedsNothing()
    {
        Assert.Equal(1, overlays["dev"].Silos.Spec.Replicas);
        Assert.Equal(ClusteringKind.Localhost, Options("dev").Clustering);
    }

    [Theory]
    [InlineData("kind")]
    [InlineData("prod")]
    public void Cluster_IsThreeSilosInRedisWithAPassword(string name)
    {
        var options = Options(name);
        var redis = overlays[name].Named<V1Service>("kvorleans-redis");

        Assert.True(overlays[name].Silos.Spec.Replicas >= 3);
        Assert.Equal(ClusteringKind.Redis, options.Clustering);
        Assert.Equal($"{redis.Metadata.Name}:{redis.Spec.Ports[0].Port},password={PodEnvironment.Secret}", options.Redis);
        Assert.Equal(PodEnvironment.Secret, options.DataPlane.Password);
    }

    [Fact]
    public void Prod_HasAVolumeForEachSiloThatItMayWrite()
    {
        var prod = overlays["prod"];
        var claim = Assert.Single(prod.Silos.Spec.VolumeClaimTemplates);
        var mount = Assert.Single(prod.Container.VolumeMounts, mount => mount.Name == claim.Metadata.Name);

        Assert.Equal([mount.MountPath], Options("prod").Disk.Paths);
        Assert.NotEqual(true, mount.ReadOnlyProperty);
        Assert.Null(mount.SubPath);
        Assert.Equal(["ReadWriteOnce"], claim.Spec.AccessModes);
        // More than memory holds, or there is no use in it.
        Assert.True(claim.Spec.Resources.Requests["storage"].ToInt64() >= 4 * prod.Container.Resources.Limits["memory"].ToInt64());
        Assert.True(prod.Pod.SecurityContext.FsGroup > 0);
        Assert.Equal(prod.Pod.SecurityContext.RunAsGroup, prod.Pod.SecurityContext.FsGroup);
        Assert.Equal("OnRootMismatch", prod.Pod.SecurityContext.FsGroupChangePolicy);
        // What the claim adds takes nothing away: the root stays read-only, /tmp stays.
        Assert.True(prod.Container.SecurityContext.ReadOnlyRootFilesystem);
        Assert.Equal(["/tmp", mount.MountPath], prod.Container.VolumeMounts.Select(one => one.MountPath).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("dev")]
    [InlineData("kind")]
    public void Small_HasNoVolume(string name)
    {
        Assert.Null(overlays[name].Silos.Spec.VolumeClaimTemplates);
        Assert.Empty(Options(name).Disk.Paths);
        Assert.Equal(["/tmp"], overlays[name].Container.VolumeMounts.Select(mount => mount.MountPath));
    }

    [Fact]
    public void Prod_HoldsNoSecretAndSurvivesAZone()
    {
        var prod = overlays["prod"];

        Assert.DoesNotContain(prod.Objects, one => one is V1Secret);
        Assert.Equal("topology.kubernetes.io/zone", Assert.Single(prod.Pod.TopologySpreadConstraints).TopologyKey);
        Assert.Equal("kubernetes.io/hostname", Assert.Single(prod.Pod.Affinity.PodAntiAffinity.RequiredDuringSchedulingIgnoredDuringExecution).TopologyKey);
        Assert.Equal("1", prod.Named<V1PodDisruptionBudget>("kvorleans").Spec.MaxUnavailable.Value);
    }

    [Fact]
    public void Prod_LetsInWhatTheSiloServesAndNothingElse()
    {
        var options = Options("prod");
        var policy = overlays["prod"].Named<V1NetworkPolicy>("kvorleans").Spec;

        Assert.Equal(
            [$"{options.SiloPort} {options.DataPlane.Port}", $"{options.GatewayPort} {options.DataPlane.Port}", $"{options.Http.Port}"],
            policy.Ingress.Select(rule => string.Join(' ', rule.Ports.Select(port => port.Port.Value))));
        Assert.Equal([$"{options.SiloPort} {options.DataPlane.Port}", "6379", "53 53"], policy.Egress.Select(rule => string.Join(' ', rule.Ports.Select(port => port.Port.Value))));
        Assert.All(overlays["prod"].Named<V1NetworkPolicy>("kvorleans-redis").Spec.Ingress, rule => Assert.Equal("silo", Assert.Single(rule.FromProperty).PodSelector.MatchLabels["app.kubernetes.io/component"]));
    }

    private IEnumerable<KeyValuePair<string, string>> Values(string name) => PodEnvironment.Of(overlays[name].Container, Fields);

    private KvOrleansOptions Options(string name) => Load(Values(name));

    private static KvOrleansOptions Load(IEnumerable<KeyValuePair<string, string>> values) =>
        ConfigurationLoader.Load(new ConfigurationBuilder().AddInMemoryCollection(values.Select(one => new KeyValuePair<string, string?>(one.Key.Replace("__", ":"), one.Value))).Build());
}
