using k8s.Models;

namespace KvOrleans.Kubernetes.Tests.Silos;

/// <summary>The environment of a container as kubelet makes it, for one pod and with given secrets.</summary>
internal static class PodEnvironment
{
    /// <summary>Secrets as the tests have them.</summary>
    public const string Secret = "secret-of-the-tests";

    /// <summary>Every variable in its order, references to those before it filled in.</summary>
    public static IReadOnlyDictionary<string, string> Of(V1Container container, IReadOnlyDictionary<string, string> fields)
    {
        var values = new Dictionary<string, string>();
        foreach (var variable in container.Env)
        {
            var value = Read(variable, fields);
            foreach (var (name, known) in values)
                value = value.Replace($"$({name})", known, StringComparison.Ordinal);
            Assert.DoesNotContain("$(", value, StringComparison.Ordinal);
            values.Add(variable.Name, value);
        }

        return values;
    }

    private static string Read(V1EnvVar variable, IReadOnlyDictionary<string, string> fields)
    {
        if (variable.ValueFrom?.FieldRef is { } field)
            return fields[field.FieldPath];
        if (variable.ValueFrom?.SecretKeyRef is not { } secret)
            return variable.Value;
        Assert.True(secret.Optional is not true, $"{variable.Name} is from a secret that may be missing");
        return Secret;
    }
}
