using System.Diagnostics;
using System.Runtime.InteropServices;

namespace KvOrleans.Probes.Networks;

/// <summary>
/// A network namespace of Linux without a name: it belongs to a thread of this process and to the processes that the thread started, and is gone with them, so there is nothing
/// to leave behind and nothing that two runs could have in common. It takes root.
/// </summary>
internal sealed class NetworkNamespace : IDisposable
{
    private const int NewNetwork = 0x40000000;

    private readonly int _thread;

    /// <exception cref="InvalidOperationException">It cannot be made; the message says why.</exception>
    public NetworkNamespace(string name)
    {
        Home = new(name);
        var made = Home.Run(() => (Code: Unshare(NewNetwork), Error: Marshal.GetLastPInvokeErrorMessage(), Thread: CurrentThread()));
        _thread = made.Thread;
        if (made.Code == 0)
            return;
        Home.Dispose();
        throw new InvalidOperationException($"No network namespace: {made.Error}.");
    }

    /// <summary>The thread whose processes and sockets are in it.</summary>
    public HomeThread Home { get; }

    /// <summary>What stands for it in the file system.</summary>
    public string File => $"/proc/{Environment.ProcessId}/task/{_thread}/ns/net";

    /// <summary>Runs commands of <c>ip</c> in it, one after the other.</summary>
    /// <exception cref="InvalidOperationException">One failed; the message says what it said.</exception>
    public void Ip(params string[] commands) => Run("ip", commands);

    /// <summary>Runs commands of <c>tc</c> in it, one after the other.</summary>
    /// <inheritdoc cref="Ip"/>
    public void Tc(params string[] commands) => Run("tc", commands);

    public void Dispose() => Home.Dispose();

    [DllImport("libc", EntryPoint = "unshare", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int Unshare(int what);

    [DllImport("libc", EntryPoint = "gettid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int CurrentThread();

    private void Run(string program, string[] commands)
    {
        using var process = Home.Run(() => Process.Start(
            new ProcessStartInfo(program, ["-batch", "-"]) { RedirectStandardInput = true, RedirectStandardError = true, RedirectStandardOutput = true })!);
        process.StandardInput.Write(string.Join('\n', commands) + "\n");
        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{program} {string.Join("; ", commands)}: {errors.Trim()}");
    }
}
