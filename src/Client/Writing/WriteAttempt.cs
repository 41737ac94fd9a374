using KvOrleans.Client.Connections;
using KvOrleans.Client.Routing;

namespace KvOrleans.Client.Writing;

/// <summary>One try to write a block.</summary>
/// <param name="View">The map by which its silo was the owner.</param>
/// <param name="Owner">The silo.</param>
/// <param name="Reply">What came of it.</param>
internal readonly record struct WriteAttempt(ClusterView View, SiloLink Owner, WriteReply Reply);
