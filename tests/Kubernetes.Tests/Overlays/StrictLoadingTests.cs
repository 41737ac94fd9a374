using k8s;
using k8s.Models;

namespace KvOrleans.Kubernetes.Tests.Overlays;

/// <summary>Every document is of a kind that is known, and has no field that its kind has not.</summary>
public sealed class StrictLoadingTests(OverlayFixture overlays) : IClassFixture<OverlayFixture>
{
    [Theory]
    [InlineData("dev", "Namespace ServiceAccount ConfigMap Service Service StatefulSet")]
    [InlineData("kind", "Namespace ServiceAccount ConfigMap Secret Service Service Service StatefulSet StatefulSet")]
    [InlineData("prod", "Namespace ServiceAccount ConfigMap Service Service Service StatefulSet StatefulSet PodDisruptionBudget NetworkPolicy NetworkPolicy")]
    public void Overlay_HoldsWhatItSays(string name, string kinds)
    {
        Assert.Equal(kinds, string.Join(' ', overlays[name].Objects.Select(one => one.Kind)));
        Assert.Equal(overlays[name].Objects.Count, overlays[name].Text.Split("\n---\n").Length);
    }

    [Theory]
    [InlineData("dev")]
    [InlineData("kind")]
    [InlineData("prod")]
    public void Namespace_OfAll_IsTheOne(string name)
    {
        var space = Assert.Single(overlays[name].Objects.OfType<V1Namespace>()).Metadata.Name;
        Assert.All(overlays[name].Objects.Where(one => one is not V1Namespace), one => Assert.Equal(space, one.Metadata.NamespaceProperty));
    }

    [Fact]
    public void UnknownField_IsRefused()
    {
        var text = overlays["prod"].Text.Replace("minReadySeconds:", "minimumReadySeconds:", StringComparison.Ordinal);

        Assert.ThrowsAny<Exception>(() => KubernetesYaml.LoadAllFromString(text, strict: true));
    }

    [Theory]
    [InlineData("dev")]
    [InlineData("kind")]
    [InlineData("prod")]
    public void Selectors_FindTheirPods(string name)
    {
        var overlay = overlays[name];
        var pods = overlay.Objects.OfType<V1StatefulSet>().Select(set => set.Spec.Template.Metadata.Labels).ToArray();
        var selectors = overlay.Objects.OfType<V1Service>().Select(service => (service.Metadata.Name, service.Spec.Selector))
            .Concat(overlay.Objects.OfType<V1StatefulSet>().Select(set => (set.Metadata.Name, set.Spec.Selector.MatchLabels)))
            .Concat(overlay.Objects.OfType<V1PodDisruptionBudget>().Select(budget => (budget.Metadata.Name, budget.Spec.Selector.MatchLabels)))
            .Concat(overlay.Objects.OfType<V1NetworkPolicy>().Select(policy => (policy.Metadata.Name, policy.Spec.PodSelector.MatchLabels)));

        Assert.All(selectors, one => Assert.Single(pods, labels => one.Item2.All(label => labels.TryGetValue(label.Key, out var value) && value == label.Value)));
    }
}
