using KvOrleans.Client.Connections;
using KvOrleans.Client.Deadlines;
using KvOrleans.Client.Draining;
using KvOrleans.Client.Status;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Errors;

namespace KvOrleans.Client;

public sealed partial class PrefixCacheClient
{
    /// <inheritdoc/>
    public async ValueTask<SiloDrain> DrainSiloAsync(SiloLife life, bool wait, TimeSpan? deadline = null, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var link = LinkTo(life) ?? throw new CacheException("No such silo is in the cluster map.");
        using var time = CallDeadline.Start(deadline ?? _defaultDeadline, cancellationToken);
        return await DrainRequest.SendAsync(link, wait, time).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<SiloOptionsReport>> GetOptionsAsync(TimeSpan? deadline = null, CancellationToken cancellationToken = default) =>
        await AskAllAsync("options", OptionsReader.ReadAsync, deadline, cancellationToken).ConfigureAwait(false);

    private SiloLink? LinkTo(SiloLife life) => _maps.Current?.Links.FirstOrDefault(link => link.Silo.Life == life);
}
