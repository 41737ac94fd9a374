using System.ComponentModel;
using System.Diagnostics;
using System.Net;
using System.Runtime.InteropServices;

namespace KvOrleans.Cli.Silos;

/// <summary>A silo that runs as a process of its own, on loopback, and ends with this object or at the latest with this process.</summary>
internal sealed class SiloProcess : IAsyncDisposable
{
    private const int LinesKept = 30;
    private const int TerminateSignal = 15;

    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ProbePause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan ProbeDeadline = TimeSpan.FromSeconds(2);

    private readonly Process _process;
    private readonly OutputTail _output = new(LinesKept);

    private SiloProcess(SiloProcessOptions options, Process process)
    {
        Options = options;
        _process = process;
        process.OutputDataReceived += (_, line) => _output.Add(line.Data);
        process.ErrorDataReceived += (_, line) => _output.Add(line.Data);
        AppDomain.CurrentDomain.ProcessExit += KillAtExit;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>How it was started.</summary>
    public SiloProcessOptions Options { get; }

    /// <summary>The process' id.</summary>
    public int ProcessId => _process.Id;

    /// <summary>Where Orleans clients connect.</summary>
    public IPEndPoint Gateway => new(IPAddress.Loopback, Options.GatewayPort);

    /// <summary>Starts the process; it is not ready yet.</summary>
    /// <exception cref="SiloException">The silo's program is missing or cannot be run.</exception>
    public static SiloProcess Start(SiloProcessOptions options)
    {
        var assembly = SiloProgram.Assembly();
        var start = new ProcessStartInfo(SiloProgram.DotnetHost())
        {
            WorkingDirectory = Path.GetDirectoryName(assembly),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true, // its end tells the silo that this process is gone, even when it was killed
            UseShellExecute = false,
        };
        start.ArgumentList.Add(assembly);
        foreach (var argument in options.Arguments())
            start.ArgumentList.Add(argument);

        try
        {
            return new(options, Process.Start(start) ?? throw new SiloException("The silo's process could not be started."));
        }
        catch (Win32Exception error)
        {
            throw new SiloException($"{start.FileName} cannot be run: {error.Message}");
        }
    }

    /// <summary>Completes when the silo says that it is ready.</summary>
    /// <exception cref="SiloException">It ended, or was not ready within <paramref name="deadline"/>.</exception>
    public async Task WaitUntilReadyAsync(TimeSpan deadline, CancellationToken cancellationToken)
    {
        using var probe = new HttpClient { Timeout = ProbeDeadline };
        var address = new Uri($"http://127.0.0.1:{Options.HttpPort}/readyz");
        var started = Stopwatch.GetTimestamp();
        while (!await IsReadyAsync(probe, address, cancellationToken))
        {
            if (_process.HasExited)
            {
                await _process.WaitForExitAsync(cancellationToken);
                throw new SiloException($"The silo {Options.Name} ended with exit code {_process.ExitCode} before it was ready. Its last lines:{Environment.NewLine}{_output}");
            }

            if (Stopwatch.GetElapsedTime(started) > deadline)
                throw new SiloException($"The silo {Options.Name} was not ready within {deadline.TotalSeconds:0} s. Its last lines:{Environment.NewLine}{_output}");
            await Task.Delay(ProbePause, cancellationToken);
        }
    }

    /// <summary>Asks the silo to end, and ends it when it has not after a grace.</summary>
    public async ValueTask DisposeAsync() => await StopAsync(Grace);

    /// <summary>Asks the silo to end, and ends it when it has not within <paramref name="patience"/>. It is disposed of then.</summary>
    public async Task StopAsync(TimeSpan patience)
    {
        if (!_process.HasExited)
        {
            AskToEnd();
            using var grace = new CancellationTokenSource(patience);
            try
            {
                await _process.WaitForExitAsync(grace.Token);
            }
            catch (OperationCanceledException)
            {
                Kill();
                await _process.WaitForExitAsync();
            }
        }

        AppDomain.CurrentDomain.ProcessExit -= KillAtExit;
        _process.Dispose();
    }

    private static async Task<bool> IsReadyAsync(HttpClient probe, Uri address, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await probe.GetAsync(address, cancellationToken);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception error) when (error is HttpRequestException || (error is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return false;
        }
    }

    private void AskToEnd()
    {
        if (OperatingSystem.IsWindows())
            Kill();
        else
            _ = SendSignal(_process.Id, TerminateSignal);
    }

    private void KillAtExit(object? sender, EventArgs args) => Kill();

    /// <summary>Ends the silo at once, without a word.</summary>
    public void Kill()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (Exception error) when (error is InvalidOperationException or Win32Exception)
        {
            // It has ended by itself.
        }
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int SendSignal(int processId, int signal);
}
