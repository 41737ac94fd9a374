namespace KvOrleans.Silo.Configuration;

/// <summary>Where the silos of a cluster find each other.</summary>
public enum ClusteringKind
{
    /// <summary>One machine; the primary silo holds the membership.</summary>
    Localhost,

    /// <summary>Many machines; Redis holds the membership.</summary>
    Redis,
}
