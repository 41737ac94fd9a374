namespace KvOrleans.LoadGenerator.Servers;

/// <summary>A server could not be started or measured; the message says which and why.</summary>
internal sealed class ServerException(string message) : Exception(message);
