using System.Diagnostics;
using System.Runtime.InteropServices;

namespace KvOrleans.Packages.Tests.Feeds;

/// <summary>Runs programs to their end.</summary>
internal static class Dotnet
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(4);

    /// <summary>Where the runtime of this process is.</summary>
    private static readonly string Root = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));

    /// <summary>Runs dotnet in <paramref name="folder"/>; packages that it takes from a feed go to <paramref name="packages"/>.</summary>
    /// <returns>What it wrote to standard output.</returns>
    public static Task<string> RunAsync(string folder, string packages, params string[] arguments) => RunProgramAsync(Path.Combine(Root, "dotnet"), folder, packages, arguments);

    /// <summary>Runs another program in the same way.</summary>
    public static async Task<string> RunProgramAsync(string program, string folder, string packages, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["NUGET_PACKAGES"] = packages;
        start.Environment["DOTNET_ROOT"] = Root;
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = start.Environment["DOTNET_NOLOGO"] = "1";
        // Nothing that it starts outlives it and keeps its output open.
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        using var process = Process.Start(start)!;
        using var deadline = new CancellationTokenSource(Longest);
        try
        {
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(deadline.Token), process.StandardError.ReadToEndAsync(deadline.Token));
            await process.WaitForExitAsync(deadline.Token);
            Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}:\n{await output}\n{await errors}");
            return await output;
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }
}
