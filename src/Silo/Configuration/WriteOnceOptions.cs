using KvOrleans.Contracts.Blocks;

namespace KvOrleans.Silo.Configuration;

/// <summary>Which keys hold write-once blocks, beside those that begin with <c>kv:</c>.</summary>
public sealed class WriteOnceOptions
{
    /// <summary>
    /// Regular expressions over a key's bytes, read as Latin-1, without backtracking constructs. Default: the shapes of LMCache's keys. Given,
    /// they replace the default; every silo of a cluster must have the same.
    /// </summary>
    public IList<string> Shapes { get; } = [];

    internal IEnumerable<string> Effective => Shapes.Count > 0 ? Shapes : KeyKinds.DefaultShapes;
}
