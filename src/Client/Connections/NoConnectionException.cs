namespace KvOrleans.Client.Connections;

/// <summary>A silo cannot be asked now. Never leaves the client: it becomes a miss or an outcome.</summary>
internal sealed class NoConnectionException(string message, Exception? cause = null) : Exception(message, cause);
