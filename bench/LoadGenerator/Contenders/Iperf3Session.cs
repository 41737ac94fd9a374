using System.Text.Json;
using KvOrleans.LoadGenerator.Measuring;
using KvOrleans.LoadGenerator.Servers;

namespace KvOrleans.LoadGenerator.Contenders;

/// <summary>One iperf3 server and one client per slice; the figure is the receiver's.</summary>
internal sealed class Iperf3Session(int streams) : ISession
{
    public const string Program = "iperf3";

    private const double BitsPerByte = 8;
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Overrun = TimeSpan.FromSeconds(20);

    /// <summary>Runs for <paramref name="length"/> in whole seconds, rounded up: iperf3 knows no shorter time.</summary>
    public async Task<SliceResult> RunAsync(TimeSpan length, CancellationToken cancellation)
    {
        var port = LoopbackPorts.Free(1)[0];
        var seconds = (int)Math.Ceiling(length.TotalSeconds);
        string[] serverArguments = ["-s", "-1", "-B", "127.0.0.1", "-p", $"{port}"];
        var start = new ServerStart(Program, Program, serverArguments, port, static (port, _) => Task.FromResult(LoopbackPorts.IsListening(port)), StartTimeout);
        await using var server = await RunningServer.StartAsync(start, cancellation);
        var json = await Tool.RunAsync(
            Program,
            ["-c", "127.0.0.1", "-p", $"{port}", "-J", "-t", $"{seconds}", "-P", $"{streams}"],
            TimeSpan.FromSeconds(seconds) + Overrun,
            cancellation);
        using var report = JsonDocument.Parse(json);
        var bits = report.RootElement.GetProperty("end").GetProperty("sum_received").GetProperty("bits_per_second").GetDouble();
        return new(bits / BitsPerByte, 0, null);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
