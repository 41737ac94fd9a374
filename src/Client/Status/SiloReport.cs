using System.Globalization;
using KvOrleans.Contracts.Cluster;

namespace KvOrleans.Client.Status;

/// <summary>What a silo says of itself.</summary>
/// <param name="Silo">The silo as the cluster map has it.</param>
/// <param name="Reached">False when its data plane did not answer within the deadline; then <paramref name="Values"/> is empty.</param>
/// <param name="Values">The lines of its <c>INFO</c>, by name.</param>
public sealed record SiloReport(SiloDescriptor Silo, bool Reached, IReadOnlyDictionary<string, string> Values)
{
    /// <summary>The whole number of this name; null when the silo did not say it.</summary>
    public long? Number(string name) =>
        Values.TryGetValue(name, out var text) && long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var value) ? value : null;
}
