using KvOrleans.Client.Draining;
using KvOrleans.Client.Status;
using KvOrleans.Contracts.Blocks;

namespace KvOrleans.Cli.Tests.Fakes;

internal sealed partial class FakeCache
{
    /// <summary>What comes of a silo that is told to drain.</summary>
    public Func<SiloLife, bool, Task<SiloDrain>> Drain { get; set; } = (_, _) => Task.FromResult(new SiloDrain(SiloDrainOutcome.Drained, 0, 0, 0));

    /// <summary>Who was told to drain, and whether that was waited for.</summary>
    public List<(SiloLife Life, bool Waited)> Drained { get; } = [];

    public async ValueTask<SiloDrain> DrainSiloAsync(SiloLife life, bool wait, TimeSpan? deadline = null, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Drained.Add((life, wait));
        return await Drain(life, wait);
    }

    /// <summary>What the silos say of their options.</summary>
    public Func<IReadOnlyList<SiloOptionsReport>> Options { get; set; } = () => [new(Silo, null, [])];

    public ValueTask<IReadOnlyList<SiloOptionsReport>> GetOptionsAsync(TimeSpan? deadline = null, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new(Options());
    }
}
