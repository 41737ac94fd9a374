using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace KvOrleans.Processes.Tests.Running;

/// <summary>Programs of the system that the tests use; one that is missing fails the test and says which package has it.</summary>
internal static class Tool
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(120);

    /// <summary>Runs a program to its end and returns what it wrote.</summary>
    public static async Task<string> RunAsync(string package, string program, IEnumerable<string> arguments, byte[]? input = null)
    {
        using var process = Start(package, program, arguments, redirectInput: input is not null);
        try
        {
            using var deadline = new CancellationTokenSource(Longest);
            var output = ReadAsync(process.StandardOutput.BaseStream, deadline.Token);
            var errors = ReadAsync(process.StandardError.BaseStream, deadline.Token);
            if (input is not null)
            {
                await process.StandardInput.BaseStream.WriteAsync(input, deadline.Token);
                process.StandardInput.Close();
            }

            await process.WaitForExitAsync(deadline.Token);
            Assert.True(process.ExitCode == 0, $"{program} exited with {process.ExitCode}:\n{await output}\n{await errors}");
            return await output;
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
    }

    /// <summary>Starts a program.</summary>
    public static Process Start(string package, string program, IEnumerable<string> arguments, bool redirectInput = false, params IEnumerable<(string Name, string Value)> environment)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = redirectInput,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception error)
        {
            Assert.Fail($"{program} cannot be started ({error.Message}); install the package '{package}' (apt-get install {package}).");
            throw;
        }
    }

    private static async Task<string> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        var bytes = new MemoryStream();
        await stream.CopyToAsync(bytes, cancellationToken);
        return Encoding.Latin1.GetString(bytes.ToArray());
    }
}
