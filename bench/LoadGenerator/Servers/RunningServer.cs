using System.Collections.Concurrent;
using System.Diagnostics;

namespace KvOrleans.LoadGenerator.Servers;

/// <summary>A server process that this program started, and ends by its id, whatever happens.</summary>
internal sealed class RunningServer : IAsyncDisposable
{
    private const int KeptLines = 20;
    private static readonly TimeSpan ExitTimeout = TimeSpan.FromSeconds(10);
    private static readonly ConcurrentDictionary<Process, string> Running = [];

    private readonly Process _process;
    private readonly ServerStart _start;
    private readonly ConcurrentQueue<string> _lastLines = [];

    static RunningServer() => AppDomain.CurrentDomain.ProcessExit += static (_, _) => KillAll();

    private RunningServer(ServerStart start, Process process)
    {
        _start = start;
        _process = process;
    }

    /// <summary>The port that speaks the server's protocol.</summary>
    public int Port => _start.Port;

    /// <summary>Of a silo: the port of its Orleans gateway, for control calls.</summary>
    public int? GatewayPort => _start.GatewayPort;

    /// <summary>Of a silo: the port that other silos speak Orleans' protocol to.</summary>
    public int? SiloPort => _start.SiloPort;

    /// <summary>Of a silo: the port of its console, health and metrics.</summary>
    public int? HttpPort => _start.HttpPort;

    public int ProcessId => _process.Id;

    /// <summary>Starts a server and waits until it answers.</summary>
    /// <exception cref="ServerException">It ended, or did not answer in time.</exception>
    public static async Task<RunningServer> StartAsync(ServerStart start, CancellationToken cancellation)
    {
        var how = new ProcessStartInfo(start.Program, start.Arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        var process = (start.Home is { } home ? home.Run(() => Process.Start(how)) : Process.Start(how))
            ?? throw new ServerException($"{start.Name}: {start.Program} did not start.");
        Running[process] = start.Name;
        var server = new RunningServer(start, process);
        try
        {
            process.OutputDataReceived += (_, line) => server.Keep(line.Data);
            process.ErrorDataReceived += (_, line) => server.Keep(line.Data);
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            await server.WaitUntilReadyAsync(cancellation);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>The process's resident memory, <c>VmRSS</c> of <c>/proc/pid/status</c>, in bytes.</summary>
    public long ResidentBytes()
    {
        const string Field = "VmRSS:";
        var line = File.ReadLines($"/proc/{ProcessId}/status").First(static line => line.StartsWith(Field, StringComparison.Ordinal));
        return long.Parse(line.AsSpan(Field.Length).Trim().ToString().Split(' ')[0]) << 10;
    }

    /// <summary>The processor time that the process has taken since it started, in steps of the system's clock tick.</summary>
    public TimeSpan ProcessorTime()
    {
        _process.Refresh();
        return _process.TotalProcessorTime;
    }

    public async ValueTask DisposeAsync()
    {
        Kill(_process);
        using var deadline = new CancellationTokenSource(ExitTimeout);
        try
        {
            await _process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync($"{_start.Name}: process {ProcessId} does not end.");
        }

        Running.TryRemove(_process, out _);
        _process.Dispose();
    }

    private static void KillAll()
    {
        foreach (var process in Running.Keys)
            Kill(process);
    }

    private static void Kill(Process process)
    {
        try
        {
            process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It has ended by itself.
        }
    }

    private async Task WaitUntilReadyAsync(CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started) < _start.Timeout)
        {
            cancellation.ThrowIfCancellationRequested();
            if (_process.HasExited)
            {
                await _process.WaitForExitAsync(cancellation); // for the rest of its output
                throw new ServerException($"{_start.Name} ended with code {_process.ExitCode} before it answered. {LastWords()}");
            }

            if (await _start.IsReady(Port, cancellation))
                return;
            await Task.Delay(TimeSpan.FromMilliseconds(50), cancellation);
        }

        throw new ServerException($"{_start.Name} did not answer within {_start.Timeout.TotalSeconds} s. {LastWords()}");
    }

    private void Keep(string? line)
    {
        if (string.IsNullOrWhiteSpace(line))
            return;
        _lastLines.Enqueue(line);
        while (_lastLines.Count > KeptLines)
            _lastLines.TryDequeue(out _);
    }

    private string LastWords() => _lastLines.IsEmpty ? "It printed nothing." : $"It printed:\n  {string.Join("\n  ", _lastLines)}";
}
