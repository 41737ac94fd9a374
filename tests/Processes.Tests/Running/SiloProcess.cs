using System.Reflection;
using KvOrleans.Probes;

namespace KvOrleans.Processes.Tests.Running;

/// <summary>The silo as it is shipped, in a process of its own, on free ports of loopback.</summary>
internal sealed class SiloProcess : IAsyncDisposable
{
    private static readonly string[] Small = ["--KvOrleans:Memory:Bytes", "64MiB", "--KvOrleans:DataPlane:MaxValueBytes", "16MiB"];

    private readonly ServerProcess _process;

    private SiloProcess(ServerProcess process, int[] ports) => (_process, Ports) = (process, ports);

    /// <summary>All its ports, for one that is to take its place.</summary>
    public int[] Ports { get; }

    /// <summary>The data plane's port.</summary>
    public int Port => Ports[2];

    public int GatewayPort => Ports[1];

    public int HttpPort => Ports[3];

    /// <summary>The process's id.</summary>
    public int Id => _process.Id;

    public string Written => _process.Written;

    /// <summary>Starts one and waits until it is ready.</summary>
    public static Task<SiloProcess> StartAsync(params string[] options) => StartOnAsync(FreePorts.Take(4), options);

    /// <summary>Starts one where another was, and waits until it is ready.</summary>
    public static async Task<SiloProcess> StartOnAsync(int[] ports, params string[] options)
    {
        var process = await ServerProcess.StartAsync("dotnet-sdk-10.0", "dotnet", [.. Arguments(ports), .. Small, .. options], "Application started");
        var silo = new SiloProcess(process, ports);
        using var http = new HttpClient { Timeout = Eventually.Deadline };
        await Eventually.HoldsAsync(
            async () =>
            {
                using var answer = await http.GetAsync(new Uri($"http://127.0.0.1:{ports[3]}/readyz"));
                return answer.IsSuccessStatusCode;
            },
            "the silo is ready");
        return silo;
    }

    /// <summary>Starts one that need not become ready.</summary>
    public static SiloProcess Begin(params string[] options)
    {
        var ports = FreePorts.Take(4);
        return new(ServerProcess.Begin("dotnet-sdk-10.0", "dotnet", [.. Arguments(ports), .. Small, .. options]), ports);
    }

    /// <summary>Starts one with an arena of the usual size, by another program, which is given the arguments and then the silo's command line.</summary>
    public static SiloProcess BeginIn(string program, string[] arguments, params string[] options)
    {
        var ports = FreePorts.Take(4);
        return new(ServerProcess.Begin("dotnet-sdk-10.0", program, [.. arguments, .. Arguments(ports), .. options]), ports);
    }

    /// <summary>What it answers to a probe, its status before the text; 0 and nothing when it does not answer.</summary>
    public async Task<(int Status, string Text)> ProbeAsync(string path)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(2) };
        try
        {
            using var answer = await http.GetAsync(new Uri($"http://127.0.0.1:{HttpPort}{path}"));
            return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync());
        }
        catch (Exception error) when (error is HttpRequestException or TaskCanceledException)
        {
            return default;
        }
    }

    /// <summary>Runs one that is expected to refuse to start; later options win over the usual ones.</summary>
    public static Task<(int Code, string Written)> RefuseAsync(params string[] options) =>
        ServerProcess.RunToEndAsync("dotnet-sdk-10.0", "dotnet", [.. Arguments(FreePorts.Take(4)), .. Small, .. options]);

    /// <summary>Ends it at once, as <c>kill -9</c> does.</summary>
    public void Kill() => _process.Send(9);

    /// <summary>Stops all of its threads.</summary>
    public void Pause() => _process.Send(19);

    /// <summary>Lets them go on.</summary>
    public void Resume() => _process.Send(18);

    public void SendTerminate() => _process.SendTerminate();

    public void CloseInput() => _process.CloseInput();

    public Task<int> ExitAsync() => _process.ExitAsync();

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private static string[] Arguments(int[] ports) =>
    [
        typeof(SiloProcess).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "Silo").Value!,
        "--KvOrleans:SiloPort", $"{ports[0]}", "--KvOrleans:GatewayPort", $"{ports[1]}",
        "--KvOrleans:DataPlane:Port", $"{ports[2]}", "--KvOrleans:Http:Port", $"{ports[3]}",
        "--Logging:LogLevel:Microsoft.Hosting.Lifetime", "Information",
        // It ends when the tests do, however they end.
        "--KvOrleans:StopWithInput", "true",
    ];
}
