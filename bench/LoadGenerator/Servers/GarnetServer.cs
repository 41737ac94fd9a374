using System.Diagnostics;
using System.Text.Json;

namespace KvOrleans.LoadGenerator.Servers;

/// <summary>
/// <c>garnet-server</c>, the .NET tool of the repository's manifest. Its assembly is run directly, so that the process
/// that was started is the server.
/// </summary>
internal sealed class GarnetServer : IServerKind
{
    private const string Package = "garnet-server";
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);
    private readonly Lazy<string?> _assembly = new(FindAssembly);

    public string? WhatIsMissing() =>
        _assembly.Value is null ? $"{Package} is not restored: run dotnet tool restore in {Programs.Repository()}" : null;

    public Task<RunningServer> StartAsync(ServerNeeds needs, CancellationToken cancellation)
    {
        var port = LoopbackPorts.Free(1)[0];
        string[] arguments =
        [
            _assembly.Value ?? throw new ServerException(WhatIsMissing()!),
            "--port", $"{port}", "--bind", "127.0.0.1", "--memory", $"{needs.MemoryMebibytes}m",
        ];
        return RunningServer.StartAsync(new("garnet", Programs.Dotnet, arguments, port, Readiness.RespAsync, StartTimeout), cancellation);
    }

    private static string? FindAssembly()
    {
        var folder = Path.Combine(PackagesFolder(), Package, Version(), "tools");
        return Directory.Exists(folder)
            ? Directory.EnumerateFiles(folder, "GarnetServer.dll", SearchOption.AllDirectories).Order(StringComparer.Ordinal).LastOrDefault()
            : null;
    }

    private static string Version()
    {
        var manifest = Path.Combine(Programs.Repository(), ".config", "dotnet-tools.json");
        using var json = JsonDocument.Parse(File.ReadAllBytes(manifest));
        return json.RootElement.GetProperty("tools").GetProperty(Package).GetProperty("version").GetString()
            ?? throw new ServerException($"{manifest} names no version of {Package}.");
    }

    private static string PackagesFolder()
    {
        var start = new ProcessStartInfo(Programs.Dotnet, ["nuget", "locals", "global-packages", "--list", "--force-english-output"])
        {
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(start) ?? throw new ServerException("dotnet did not start.");
        var line = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return line[(line.IndexOf(':') + 1)..].Trim();
    }
}
