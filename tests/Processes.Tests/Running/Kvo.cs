using System.Reflection;
using System.Text.Json;
using KvOrleans.Probes;

namespace KvOrleans.Processes.Tests.Running;

/// <summary>The tool as it is shipped, in a process of its own.</summary>
internal static class Kvo
{
    private static readonly string Program = typeof(Kvo).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "Kvo").Value!;

    /// <summary>Runs it to its end, against the gateways of these silos.</summary>
    public static async Task<(int Code, string Output, string Error)> RunAsync(IEnumerable<SiloProcess> gateways, string? password, params string[] arguments)
    {
        var connect = string.Join(',', gateways.Select(silo => $"127.0.0.1:{silo.GatewayPort}"));
        using var process = Tool.Start(
            "dotnet-sdk-10.0", "dotnet", [Program, .. arguments, "--connect", connect], environment: [("KVORLEANS_PASSWORD", password ?? "")]);
        try
        {
            var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            await Task.WhenAll(output, error, process.WaitForExitAsync()).WaitAsync(Eventually.Deadline);
            return (process.ExitCode, await output, await error);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
    }

    /// <summary>Runs it with <c>--json</c>, and fails when its standard output is anything but one object.</summary>
    public static async Task<(int Code, JsonElement Json, string Error)> AskAsync(IEnumerable<SiloProcess> gateways, params string[] arguments)
    {
        var (code, output, error) = await RunAsync(gateways, null, [.. arguments, "--json"]);
        Assert.True(output.StartsWith('{'), $"{output}\n{error}");
        using var json = JsonDocument.Parse(output);
        return (code, json.RootElement.Clone(), error);
    }
}
