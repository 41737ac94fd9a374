using KvOrleans.Contracts.Blocks;
using KvOrleans.Storage.History;

namespace KvOrleans.Storage;

public sealed partial class BlockStore
{
    /// <summary>Tells what is known of a key: what is here, or how it left. Does not count as a use.</summary>
    /// <exception cref="ArgumentException">The key is longer than keys are.</exception>
    public BlockExplanation Explain(ReadOnlySpan<byte> key)
    {
        EndDueLeases();
        var hash = _catalog.Hash(key);
        var id = KeyId.Of(key);
        lock (_lock)
        {
            ThrowIfDisposed();
            var now = _clock.Now;
            var number = _catalog.FindLive(key, hash, now);
            Departure? departure = _departures.TryFind(hash, out var left) ? left : null;
            TimeSpan? buried = _tombstones.Find(id) is >= 0 and var entry && AgeOf(_tombstones[entry], now) is var age && age < _tombstoneLifetime ? age : null;
            if (number < 0)
                return new(null, default, default, 0, 0, departure, buried, _departures.Remembers);
            ref var record = ref _catalog[number];
            return new(
                InfoOf(record, now), record.Role, record.IsRegister ? BlockKind.Overwritable : BlockKind.WriteOnce, record.Uses, record.Holders,
                departure, buried, _departures.Remembers);
        }
    }
}
