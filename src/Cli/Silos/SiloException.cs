namespace KvOrleans.Cli.Silos;

/// <summary>A silo did not start; the message says why, with the last lines that it printed.</summary>
internal sealed class SiloException(string message) : Exception(message);
