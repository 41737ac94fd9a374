using KvOrleans.Contracts.Blocks;
using KvOrleans.Storage;

namespace KvOrleans.Silo.DataPlane.Routing;

/// <summary>Looks for blocks under other fingerprints, for one question at a time: nothing leads to them but a look at all keys.</summary>
internal sealed class FingerprintFinder(BlockStore store)
{
    private const int MostRecords = 1 << 20;

    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(100);

    private int _isBusy;

    /// <summary>Looks for all keys at once, off the caller's thread.</summary>
    /// <returns>What was found, default for nothing; and whether everything here was looked at. Nothing was, when somebody else is asking.</returns>
    public async ValueTask<(BlockKey[] Found, bool IsWhole)> FindAsync(BlockKey[] keys)
    {
        if (keys.Length == 0)
            return ([], true);
        if (Interlocked.Exchange(ref _isBusy, 1) != 0)
            return (new BlockKey[keys.Length], false);
        try
        {
            return await Task.Run(() => (store.FindOtherFingerprints(keys, MostRecords, Longest, out var isWhole), isWhole)).ConfigureAwait(false);
        }
        finally
        {
            Volatile.Write(ref _isBusy, 0);
        }
    }
}
