using KvOrleans.Client.News;

namespace KvOrleans.Client.Digests;

/// <summary>A silo's reply is no digest.</summary>
internal sealed class DigestException(string message) : NewsException(message);
