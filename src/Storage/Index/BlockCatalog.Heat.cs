using KvOrleans.Storage.Copies;

namespace KvOrleans.Storage.Index;

/// <content>Extra copies of hot blocks. Their <see cref="BlockRecord.Uses"/> say for how many visits more they are known to be wanted.</content>
internal sealed unsafe partial class BlockCatalog
{
    /// <summary>How often an extra copy that is not kept is visited before it is forgotten.</summary>
    public const byte ExtraPatience = 120;

    /// <summary>How often it is visited before it is idle.</summary>
    public const byte ExtraIdleness = 20;

    /// <summary>An extra copy is to stay.</summary>
    public void KeepExtra(int number)
    {
        _records[number].Uses = ExtraPatience;
        _policy.Touched(number);
    }

    /// <summary>Evicts the extra copy that was not kept for the longest time, if that is idle; false when none is.</summary>
    public bool TryEvictIdleExtra() =>
        _extras.Count > 0 && TryPick(BlockRole.Extra, out var number) && _records[number].Uses <= ExtraPatience - ExtraIdleness && TryEvict(BlockRole.Extra);
}
