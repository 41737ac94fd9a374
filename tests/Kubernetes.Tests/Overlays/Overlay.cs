using System.ComponentModel;
using System.Diagnostics;
using k8s;
using k8s.Models;

namespace KvOrleans.Kubernetes.Tests.Overlays;

/// <summary>An overlay as <c>kubectl kustomize</c> builds it, each document read strictly as the type of its kind.</summary>
internal sealed class Overlay
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private Overlay(string name, string text)
    {
        Name = name;
        Text = text;
        Objects = [.. KubernetesYaml.LoadAllFromString(text, strict: true).Cast<IKubernetesObject<V1ObjectMeta>>()];
    }

    public string Name { get; }

    /// <summary>What kubectl wrote.</summary>
    public string Text { get; }

    public IReadOnlyList<IKubernetesObject<V1ObjectMeta>> Objects { get; }

    public V1StatefulSet Silos => Named<V1StatefulSet>("kvorleans");

    public V1PodSpec Pod => Silos.Spec.Template.Spec;

    public V1Container Container => Assert.Single(Pod.Containers);

    public static async Task<Overlay> BuildAsync(string name)
    {
        var folder = Path.Combine(Root(), "k8s", "overlays", name);
        Process process;
        try
        {
            process = Process.Start(new ProcessStartInfo("kubectl", ["kustomize", folder]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        }
        catch (Win32Exception error)
        {
            Assert.Fail($"kubectl cannot be started ({error.Message}); install one of version 1.21 or later (Debian 13's package kubernetes-client has one).");
            throw;
        }

        using (process)
        {
            using var deadline = new CancellationTokenSource(Patience);
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(deadline.Token), process.StandardError.ReadToEndAsync(deadline.Token));
            await process.WaitForExitAsync(deadline.Token);
            Assert.True(process.ExitCode == 0, $"kubectl kustomize {folder} ended with {process.ExitCode}:\n{await errors}");
            return new(name, await output);
        }
    }

    public T Named<T>(string name)
        where T : IKubernetesObject<V1ObjectMeta> => Assert.Single(Objects.OfType<T>(), one => one.Metadata.Name == name);

    /// <summary>The repository's folder.</summary>
    public static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "KvOrleans.sln")))
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException($"No folder above {AppContext.BaseDirectory} holds KvOrleans.sln.");
        return folder;
    }
}
