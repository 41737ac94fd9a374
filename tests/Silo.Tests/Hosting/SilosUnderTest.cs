using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Placement;
using KvOrleans.Probes;

namespace KvOrleans.Silo.Tests.Hosting;

/// <summary>Several whole silos of one cluster in this process.</summary>
internal sealed class SilosUnderTest : IAsyncDisposable
{
    private readonly List<SiloUnderTest> _silos = [];

    public IReadOnlyList<SiloUnderTest> All => _silos;

    public SiloUnderTest this[int index] => _silos[index];

    public static async Task<SilosUnderTest> StartAsync(int count, params (string Option, string Value)[] options)
    {
        var silos = new SilosUnderTest();
        for (var i = 0; i < count; i++)
        {
            (string, string)[] joining = i == 0 ? [] : [("PrimarySilo", $"127.0.0.1:{silos[0].SiloPort}")];
            silos._silos.Add(await SiloUnderTest.StartAsync([.. options, .. joining]));
        }

        await Eventually.HoldsAsync(() => silos.All.All(silo => silo.Map.Current.Silos.Length == count && silo.IsSettled), "every silo sees every other");
        return silos;
    }

    /// <summary>A key that the silo owns: <paramref name="prefix"/> and a number.</summary>
    public string KeyOf(SiloUnderTest owner, string prefix, int nth = 0)
    {
        var map = owner.Map.Current;
        return Enumerable.Range(0, 10_000).Select(i => $"{prefix}{i}")
            .Where(key => map.Silos[Rendezvous.OwnerOf(BlockKey.From(key), map)].Life == owner.Map.Life)
            .ElementAt(nth);
    }

    public async ValueTask DisposeAsync()
    {
        // The first holds the membership, so it goes last.
        for (var i = _silos.Count - 1; i >= 0; i--)
            await _silos[i].DisposeAsync();
    }
}
