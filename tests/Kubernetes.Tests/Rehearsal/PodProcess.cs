using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace KvOrleans.Kubernetes.Tests.Rehearsal;

/// <summary>A container's process: the command line and the environment are the pod's and nothing is inherited but where programs are found. Ended by the id that it was started with.</summary>
internal sealed class PodProcess : IAsyncDisposable
{
    private const int Terminate = 15;
    private const int MostLines = 200;

    private static readonly string[] Inherited = ["PATH", "DOTNET_ROOT"];

    private readonly Process _process;
    private readonly Lock _lock = new();
    private readonly Queue<string> _lines = new();
    private readonly Task _reading;

    private PodProcess(Process process)
    {
        _process = process;
        _reading = Task.WhenAll(ReadAsync(process.StandardOutput), ReadAsync(process.StandardError));
    }

    /// <summary>Completes when it has ended and all that it wrote was read.</summary>
    public Task Ended => Task.WhenAll(_process.WaitForExitAsync(), _reading);

    public bool HasEnded => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    /// <summary>The last of what it wrote.</summary>
    public string Written
    {
        get
        {
            lock (_lock)
                return string.Join('\n', _lines);
        }
    }

    /// <param name="package">Who has the program, for the message when it is missing.</param>
    /// <param name="command">The program and its arguments.</param>
    /// <param name="environment">All of its environment.</param>
    /// <param name="folder">Where it is started.</param>
    public static PodProcess Start(string package, IReadOnlyList<string> command, IReadOnlyDictionary<string, string> environment, string folder)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder,
        };
        start.Environment.Clear();
        foreach (var name in Inherited)
            start.Environment[name] = Environment.GetEnvironmentVariable(name);
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        try
        {
            return new(Process.Start(start)!);
        }
        catch (Win32Exception error)
        {
            Assert.Fail($"{command[0]} cannot be started ({error.Message}); install the package '{package}' (apt-get install {package}).");
            throw;
        }
    }

    /// <summary>SIGTERM, as kubelet sends it.</summary>
    public void SendTerminate() => Assert.Equal(0, Kill(_process.Id, Terminate));

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await Ended;
        _process.Dispose();
    }

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int Kill(int process, int signal);

    private async Task ReadAsync(StreamReader reader)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            lock (_lock)
            {
                _lines.Enqueue(line);
                if (_lines.Count > MostLines)
                    _lines.Dequeue();
            }
        }
    }
}
