using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;

namespace KvOrleans.Silo.Http;

/// <summary>The server of a life's host: its requests come in by the process's door.</summary>
internal sealed class LifeServer(HttpDoor door) : IServer
{
    public IFeatureCollection Features { get; } = new FeatureCollection();

    public Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken)
        where TContext : notnull
    {
        door.Show(new Pages<TContext>(application));
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        door.Show(null);
        return Task.CompletedTask;
    }

    public void Dispose() => door.Show(null);

    private sealed class Pages<TContext>(IHttpApplication<TContext> application) : ILifePages
        where TContext : notnull
    {
        public async Task ServeAsync(IFeatureCollection request)
        {
            var context = application.CreateContext(request);
            try
            {
                await application.ProcessRequestAsync(context).ConfigureAwait(false);
                application.DisposeContext(context, null);
            }
            catch (Exception error)
            {
                application.DisposeContext(context, error);
                throw;
            }
        }
    }
}
