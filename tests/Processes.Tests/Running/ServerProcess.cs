using System.Diagnostics;
using System.Runtime.InteropServices;
using KvOrleans.Probes;

namespace KvOrleans.Processes.Tests.Running;

/// <summary>A server in a process of its own, with all that it wrote. Ended by the id that it was started with.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private const int Terminate = 15;

    private readonly Process _process;
    private readonly Lock _lock = new();
    private readonly List<string> _lines = [];
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _output;
    private readonly Task _errors;
    private bool _isDisposed;

    private ServerProcess(Process process, string readyText)
    {
        _process = process;
        _output = ReadAsync(process.StandardOutput, readyText);
        _errors = ReadAsync(process.StandardError, readyText);
    }

    public int Id => _process.Id;

    /// <summary>What it wrote to both of its outputs until now.</summary>
    public string Written
    {
        get
        {
            lock (_lock)
                return string.Join('\n', _lines);
        }
    }

    /// <summary>Starts it and waits until it writes <paramref name="readyText"/>.</summary>
    public static async Task<ServerProcess> StartAsync(string package, string program, IEnumerable<string> arguments, string readyText)
    {
        var server = new ServerProcess(Tool.Start(package, program, arguments, redirectInput: true), readyText);
        var first = await Task.WhenAny(server._ready.Task, server._process.WaitForExitAsync()).WaitAsync(Eventually.Deadline);
        if (first == server._ready.Task)
            return server;
        await server.ExitAsync();
        throw new InvalidOperationException($"{program} ended with {server._process.ExitCode} before it was ready:\n{server.Written}");
    }

    /// <summary>Starts it and waits for nothing.</summary>
    public static ServerProcess Begin(string package, string program, IEnumerable<string> arguments) => new(Tool.Start(package, program, arguments, redirectInput: true), "\0");

    /// <summary>Runs a server that is expected to end by itself.</summary>
    /// <returns>Its exit code and what it wrote.</returns>
    public static async Task<(int Code, string Written)> RunToEndAsync(string package, string program, IEnumerable<string> arguments)
    {
        await using var server = new ServerProcess(Tool.Start(package, program, arguments), "\0");
        return (await server.ExitAsync(), server.Written);
    }

    /// <summary>Asks it to end.</summary>
    public void SendTerminate() => Send(Terminate);

    /// <summary>Sends it a signal.</summary>
    public void Send(int signal) => Assert.Equal(0, Kill(_process.Id, signal));

    /// <summary>Ends its standard input.</summary>
    public void CloseInput() => _process.StandardInput.Close();

    /// <summary>Waits until it has ended.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> ExitAsync()
    {
        await Task.WhenAll(_process.WaitForExitAsync(), _output, _errors).WaitAsync(Eventually.Deadline);
        return _process.ExitCode;
    }

    /// <summary>Ends it. May be called again.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
            return;
        _isDisposed = true;
        if (!_process.HasExited)
            _process.Kill();
        await ExitAsync();
        _process.Dispose();
    }

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int Kill(int process, int signal);

    private async Task ReadAsync(StreamReader reader, string readyText)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            lock (_lock)
                _lines.Add(line);
            if (line.Contains(readyText, StringComparison.Ordinal))
                _ready.TrySetResult();
        }
    }
}
