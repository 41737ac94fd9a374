namespace KvOrleans.Silo;

/// <summary>Stops the silo when its standard input ends: a parent that holds the other end takes it along, even when it is killed.</summary>
internal sealed class StopWithInput(IHostApplicationLifetime lifetime) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await using var input = Console.OpenStandardInput();
        var ignored = new byte[256];
        // A read from a pipe cannot be cancelled: it ends with the process when the silo stops for another reason.
        await Task.Run(() => { while (input.Read(ignored) > 0) { } }, stoppingToken).WaitAsync(stoppingToken).ConfigureAwait(false);
        lifetime.StopApplication();
    }
}
