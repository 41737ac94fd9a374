using System.Diagnostics;
using System.Globalization;
using KvOrleans.LoadGenerator.Commands;
using KvOrleans.LoadGenerator.Networks;
using KvOrleans.LoadGenerator.Servers;

namespace KvOrleans.LoadGenerator.Hotspots;

/// <summary>A client process seen from outside: <see cref="HotspotReader"/> in a place of its own. It ends with its input, so it does not outlive this program, however that ends.</summary>
internal sealed class ReaderProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan ExitTimeout = TimeSpan.FromSeconds(10);

    private readonly Process _process;
    private readonly Task<string> _errors;

    private ReaderProcess(Process process)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync();
    }

    /// <summary>Starts one and waits until it knows all silos.</summary>
    public static async Task<ReaderProcess> StartAsync(Place place, HotspotReaderPlan plan, CancellationToken cancellation)
    {
        string[] arguments = [typeof(ReaderProcess).Assembly.Location, HotspotReaderCommand.CommandName, .. HotspotReaderCommand.LineOf(plan)];
        var start = new ProcessStartInfo(Programs.Dotnet, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        var reader = new ReaderProcess(place.Home.Run(() => Process.Start(start)) ?? throw new ServerException("A reader did not start."));
        try
        {
            await reader.ReceiveAsync(cancellation);
            return reader;
        }
        catch
        {
            await reader.DisposeAsync();
            throw;
        }
    }

    /// <summary>Has it do something, and waits until it has.</summary>
    public async Task DoAsync(string word, CancellationToken cancellation)
    {
        if (await AskAsync(word, cancellation) is not HotspotReader.Done and var other)
            throw new ServerException($"A reader answered '{other}' to {word}.");
    }

    /// <summary>What it has read so far.</summary>
    public async Task<HotspotCounts> CountAsync(string word, CancellationToken cancellation)
    {
        var parts = (await AskAsync(word, cancellation)).Split(' ');
        return new(Number(parts[0]), Number(parts[1]), Number(parts[2]));
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        using var deadline = new CancellationTokenSource(ExitTimeout);
        try
        {
            await _process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);

    private async Task<string> AskAsync(string word, CancellationToken cancellation)
    {
        await _process.StandardInput.WriteLineAsync(word.AsMemory(), cancellation);
        await _process.StandardInput.FlushAsync(cancellation);
        return await ReceiveAsync(cancellation);
    }

    private async Task<string> ReceiveAsync(CancellationToken cancellation)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(Patience);
        try
        {
            return await _process.StandardOutput.ReadLineAsync(deadline.Token) ?? throw new ServerException($"A reader ended. It printed: {await _errors}");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new ServerException($"A reader did not answer within {Patience.TotalSeconds} s.");
        }
    }
}
