using System.Diagnostics;
using System.Runtime.InteropServices;
using KvOrleans.Probes.Networks;

namespace KvOrleans.Faults.Tests.Nodes;

/// <summary>A node's process, with the last lines that it wrote and when, on the history's clock. It is ended by its id, and by the kernel when the tests' process is gone, however that ended.</summary>
internal sealed class NodeProcess : IAsyncDisposable
{
    private const int LinesKept = 600;

    private readonly Process _process;
    private readonly Queue<string> _lines = [];

    private NodeProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public bool HasExited => _process.HasExited;

    public string LastLines
    {
        get
        {
            lock (_lines)
                return string.Join('\n', _lines);
        }
    }

    public static NodeProcess Start(HomeThread home, string program, IEnumerable<string> arguments) => new(home.Run(() => Process.Start(
        new ProcessStartInfo("setpriv", ["--pdeathsig", "KILL", program, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!));

    public void Send(Signal signal)
    {
        if (!_process.HasExited)
            _ = SendSignal(_process.Id, (int)signal);
    }

    /// <summary>Waits for its end.</summary>
    /// <returns>False when it did not end in time.</returns>
    public async Task<bool> ExitsWithinAsync(TimeSpan time)
    {
        using var deadline = new CancellationTokenSource(time);
        try
        {
            await _process.WaitForExitAsync(deadline.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        Send(Signal.Kill);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int SendSignal(int process, int signal);

    private void Keep(string? line)
    {
        if (line is null)
            return;
        lock (_lines)
        {
            if (_lines.Count == LinesKept)
                _lines.Dequeue();
            _lines.Enqueue($"{Stopwatch.GetTimestamp()} {line}");
        }
    }
}
