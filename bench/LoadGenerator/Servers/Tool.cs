using System.Diagnostics;

namespace KvOrleans.LoadGenerator.Servers;

/// <summary>Runs a program that ends by itself.</summary>
internal static class Tool
{
    /// <summary>Runs <paramref name="program"/> to its end.</summary>
    /// <returns>What it wrote to its standard output.</returns>
    /// <exception cref="ServerException">It failed, or was killed because it took longer than <paramref name="timeout"/>.</exception>
    public static async Task<string> RunAsync(string program, IEnumerable<string> arguments, TimeSpan timeout, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start) ?? throw new ServerException($"{program} did not start.");
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(timeout);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(deadline.Token);
            var errors = process.StandardError.ReadToEndAsync(deadline.Token);
            await process.WaitForExitAsync(deadline.Token);
            return process.ExitCode == 0
                ? await output
                : throw new ServerException($"{program} ended with code {process.ExitCode}: {await errors} {await output}");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new ServerException($"{program} took longer than {timeout.TotalSeconds} s.");
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
    }
}
