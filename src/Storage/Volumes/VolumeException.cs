namespace KvOrleans.Storage.Volumes;

/// <summary>A volume cannot be used; the message says which, why, and what to do.</summary>
public sealed class VolumeException(string message, Exception? cause = null) : Exception(message, cause);
