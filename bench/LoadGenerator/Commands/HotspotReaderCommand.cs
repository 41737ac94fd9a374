using System.CommandLine;
using System.Net;
using System.Text;
using KvOrleans.LoadGenerator.Hotspots;

namespace KvOrleans.LoadGenerator.Commands;

/// <summary>A client process of <c>hotspot</c>; nobody else starts it.</summary>
internal sealed class HotspotReaderCommand : Command
{
    public const string CommandName = "hotspot-reader";

    private const int Most = int.MaxValue;

    private readonly Option<string[]> _gateways = new("--gateways") { AllowMultipleArgumentsPerToken = true, Required = true };
    private readonly Option<long> _size = BenchOptions.Size("--bytes", "Bytes of the hot block.", "2MiB");
    private readonly Option<int> _inFlight = BenchOptions.Number("--in-flight", "Reads under way.", 1, 1, Most);
    private readonly Option<int> _connections = BenchOptions.Number("--connections", "Connections to each silo.", 1, 1, Most);

    public HotspotReaderCommand()
        : base(CommandName, "A client process of hotspot.")
    {
        Hidden = true;
        Options.Add(_gateways);
        Options.Add(_size);
        Options.Add(_inFlight);
        Options.Add(_connections);
        SetAction(RunAsync);
    }

    /// <summary>The command line that hands over <paramref name="plan"/>.</summary>
    public static string[] LineOf(HotspotReaderPlan plan) =>
        ["--gateways", .. plan.Gateways.Select(static one => $"{one}"), "--bytes", $"{plan.Size}", "--in-flight", $"{plan.InFlight}", "--connections", $"{plan.Connections}"];

    private async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellation)
    {
        var plan = new HotspotReaderPlan(
            [.. arguments.GetRequiredValue(_gateways).Select(IPEndPoint.Parse)],
            (int)arguments.GetRequiredValue(_size),
            arguments.GetRequiredValue(_inFlight),
            arguments.GetRequiredValue(_connections));
        using var input = new StreamReader(Console.OpenStandardInput(), Encoding.UTF8);
        await new HotspotReader(plan, input, Console.Out).RunAsync(cancellation);
        return ExitCodes.Done;
    }
}
