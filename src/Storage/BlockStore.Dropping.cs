using KvOrleans.Contracts.Blocks;
using KvOrleans.Storage.History;
using KvOrleans.Storage.Index;

namespace KvOrleans.Storage;

public sealed partial class BlockStore
{
    /// <summary>Keys copied out under one hold of the lock: 16 KiB of stack.</summary>
    private const int KeysPerCopy = 32;

    private long _registerGeneration;

    /// <summary>Grows with <see cref="BeginRegisterGeneration"/>.</summary>
    public long RegisterGeneration => Volatile.Read(ref _registerGeneration);

    /// <summary>From now on no register is published that was decided before: <see cref="TryPublish"/> refuses every earlier generation.</summary>
    /// <returns>The new generation.</returns>
    public long BeginRegisterGeneration()
    {
        lock (_lock)
        {
            ThrowIfDisposed();
            return ++_registerGeneration;
        }
    }

    /// <summary>Drops the registers that are not to be kept, in short slices. Takes no time when there is no register.</summary>
    /// <param name="keep">Tells by the key whether a register stays. Called outside the store's lock.</param>
    /// <returns>How many were dropped.</returns>
    /// <remarks>Complete when it returns, but for what is published meanwhile; after <see cref="BeginRegisterGeneration"/> that is nothing decided before.</remarks>
    public int DropRegisters(Predicate<ReadOnlySpan<byte>> keep)
    {
        ArgumentNullException.ThrowIfNull(keep);
        return DropWhere(isRegister: true, (key, _) => !keep(key));
    }

    /// <summary>
    /// Drops the write-once blocks that a tombstone covers, in short slices: what <see cref="AdoptTombstone"/> leaves to do. It hashes every key, about a microsecond each.
    /// </summary>
    /// <returns>How many were dropped.</returns>
    public int DropBuried()
    {
        lock (_lock)
        {
            ThrowIfDisposed();
            if (_tombstones.Count == 0)
                return 0;
        }

        return DropWhere(isRegister: false, (key, version) =>
        {
            var id = KeyId.Of(key);
            lock (_lock)
                return IsBuried(id, version, _clock.Now);
        });
    }

    /// <summary>Decides outside the lock, by a copy of the key; what was decided concerns that content alone.</summary>
    private int DropWhere(bool isRegister, Func<ReadOnlySpan<byte>, BlockVersion, bool> isToGo)
    {
        Span<byte> keys = stackalloc byte[KeysPerCopy * BlockKey.MaxLength];
        Span<(int Number, uint Generation, int Length, BlockVersion Version)> found = new (int, uint, int, BlockVersion)[KeysPerCopy];
        for (int dropped = 0, cursor = 0; ;)
        {
            var count = 0;
            bool isLast;
            lock (_lock)
            {
                ThrowIfDisposed();
                if (isRegister && _catalog.Registers == 0)
                    return dropped;
                var end = Math.Min(_catalog.RecordLimit, cursor + RecordsPerSlice);
                for (; cursor < end && count < KeysPerCopy; cursor++)
                {
                    ref var record = ref _catalog[cursor];
                    if (record.State != RecordState.Indexed || record.IsRegister != isRegister)
                        continue;
                    record.KeyBytes.CopyTo(keys[(count * BlockKey.MaxLength)..]);
                    found[count++] = (cursor, record.Generation, record.KeyLength, record.Version);
                }

                isLast = cursor >= _catalog.RecordLimit;
            }

            var going = 0;
            for (var i = 0; i < count; i++)
            {
                if (isToGo(keys.Slice(i * BlockKey.MaxLength, found[i].Length), found[i].Version))
                    found[going++] = found[i];
            }

            dropped += RetireUnchanged(found[..going], isRegister ? DepartureReason.RegisterLost : DepartureReason.Invalidated);
            if (isLast)
                return dropped;
        }
    }

    private int RetireUnchanged(ReadOnlySpan<(int Number, uint Generation, int Length, BlockVersion Version)> contents, DepartureReason why)
    {
        var retired = 0;
        lock (_lock)
        {
            ThrowIfDisposed();
            foreach (var (number, generation, _, _) in contents)
            {
                if (_catalog[number].State != RecordState.Indexed || _catalog[number].Generation != generation)
                    continue;
                _catalog.Retire(number, why);
                retired++;
            }
        }

        return retired;
    }
}
