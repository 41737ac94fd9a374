namespace KvOrleans.Cli.Silos;

/// <summary>How the silos of a local cluster find each other.</summary>
/// <param name="PrimarySiloPort">The first silo's silo port: without Redis it holds the membership.</param>
/// <param name="Redis">A Redis that holds it instead; null: none.</param>
/// <param name="ClusterId">The cluster's name, for silos, clients and that Redis.</param>
internal sealed record SiloMembership(int PrimarySiloPort, string? Redis, string ClusterId);
