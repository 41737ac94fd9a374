using KvOrleans.Silo.Configuration;
using Microsoft.Extensions.Options;

namespace KvOrleans.Silo;

/// <summary>Runs a silo from configuration, the environment and the command line, in that order, until it is told to stop.</summary>
internal static class SiloProgram
{
    private const int Success = 0;
    private const int BadConfiguration = 78;
    private const int Failure = 1;

    // The runtime reads it once, before the first socket: completions then run on the thread that polled for them, instead of
    // being handed to the thread pool. Sessions never block and give the thread back after bounded work.
    private const string InlineCompletions = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    public static async Task<int> RunAsync(string[] args)
    {
        if (Environment.GetEnvironmentVariable(InlineCompletions) is null)
            Environment.SetEnvironmentVariable(InlineCompletions, "1");
        KvOrleansOptions options;
        WebApplicationBuilder builder;
        try
        {
            builder = SiloHost.CreateBuilder(args);
            options = ConfigurationLoader.Load(builder.Configuration);
        }
        catch (OptionsValidationException error)
        {
            await Console.Error.WriteLineAsync("The silo does not start; its configuration is wrong:");
            foreach (var failure in error.Failures)
                await Console.Error.WriteLineAsync("  " + failure);
            return BadConfiguration;
        }

        if (PortsInUse.Find(options) is [_, ..] inUse)
        {
            await Console.Error.WriteLineAsync($"The silo does not start: {string.Join("; ", inUse)}");
            return Failure;
        }

        await using var process = new SiloFrame(options, TimeProvider.System);
        try
        {
            await process.OpenAsync();
            using var lives = new SiloLives(args, options, process);
            await lives.RunAsync(builder);
            return Success;
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync("The silo was told to stop before it had started.");
            return Success;
        }
        catch (Exception error)
        {
            // The host has logged where it came from.
            await Console.Error.WriteLineAsync($"The silo {(process.Course.WasLiving ? "ends" : "does not start")}: {error.Message}");
            return Failure;
        }
    }
}
