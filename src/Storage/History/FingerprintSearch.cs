using System.IO.Hashing;
using KvOrleans.Contracts.Blocks;

namespace KvOrleans.Storage.History;

/// <summary>Tells keys that differ only in their fingerprint, what stands between <c>kv:</c> and the first <c>/</c>, from those that are looked for.</summary>
internal sealed class FingerprintSearch
{
    private readonly Dictionary<ulong, List<int>> _wanted = [];
    private readonly BlockKey[] _keys;

    public FingerprintSearch(ReadOnlySpan<BlockKey> keys)
    {
        _keys = keys.ToArray();
        Found = new BlockKey[keys.Length];
        for (var i = 0; i < keys.Length; i++)
        {
            var end = EndOf(keys[i].Span);
            if (end.IsEmpty)
                continue;
            if (!_wanted.TryGetValue(XxHash3.HashToUInt64(end), out var alike))
                _wanted.Add(XxHash3.HashToUInt64(end), alike = []);
            alike.Add(i);
        }
    }

    /// <summary>One for each key; default: none was met.</summary>
    public BlockKey[] Found { get; }

    /// <summary>Whether nothing will ever be found.</summary>
    public bool IsVain => _wanted.Count == 0;

    /// <summary>A key that is there.</summary>
    public void LookAt(ReadOnlySpan<byte> key)
    {
        var end = EndOf(key);
        if (end.IsEmpty || !_wanted.TryGetValue(XxHash3.HashToUInt64(end), out var alike))
            return;
        foreach (var i in alike)
        {
            if (!key.SequenceEqual(_keys[i].Span) && end.SequenceEqual(EndOf(_keys[i].Span)))
                Found[i] = BlockKey.From(key);
        }
    }

    /// <summary>What is behind the fingerprint; empty when the key has none.</summary>
    private static ReadOnlySpan<byte> EndOf(ReadOnlySpan<byte> key) =>
        key.StartsWith("kv:"u8) && key.IndexOf((byte)'/') is >= 0 and var slash ? key[(slash + 1)..] : default;
}
