using k8s.Models;
using KvOrleans.Client;
using KvOrleans.Kubernetes.Tests.Overlays;
using KvOrleans.Silo.Configuration;
using Microsoft.Extensions.Configuration;

namespace KvOrleans.Kubernetes.Tests.Silos;

/// <summary>What inference pods are told is what the client reads, and leads to the silos' gateways.</summary>
public sealed class ClientSettingsTests(OverlayFixture overlays) : IClassFixture<OverlayFixture>
{
    [Theory]
    [InlineData("dev")]
    [InlineData("kind")]
    [InlineData("prod")]
    public void ClientSettings_LeadToTheGateways(string name)
    {
        var settings = overlays[name].Named<V1ConfigMap>("kvorleans-client").Data;
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(one => new KeyValuePair<string, string?>(one.Key.Replace("__", ":", StringComparison.Ordinal), one.Value))).Build();
        var options = new PrefixCacheClientOptions();
        configuration.GetSection("PrefixCache").Bind(options, binder => binder.ErrorOnUnknownConfiguration = true);
        PrefixCacheClientOptionsValidator.Validate(options);

        var silos = overlays[name].Named<V1Service>("kvorleans");
        Assert.Equal("None", silos.Spec.ClusterIP);
        Assert.Equal(silos.Metadata.Name, overlays[name].Silos.Spec.ServiceName);
        var gateway = Assert.Single(silos.Spec.Ports, port => port.Name == "gateway");
        Assert.Equal([$"{silos.Metadata.Name}.{silos.Metadata.NamespaceProperty}.svc:{gateway.Port}"], options.GatewayNames);
        Assert.Equal((new KvOrleansOptions().ClusterId, new KvOrleansOptions().ServiceId), (options.ClusterId, options.ServiceId));
        Assert.All(settings.Keys, key => Assert.StartsWith("PrefixCache__", key, StringComparison.Ordinal));
    }
}
