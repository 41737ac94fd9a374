using KvOrleans.Client.Connections;

namespace KvOrleans.Client.Filling;

/// <summary>A silo's answer to <c>KV.FILL</c>.</summary>
/// <param name="States">For each key; empty with an error.</param>
/// <param name="Error">Why the silo refused; null when it did not.</param>
internal readonly record struct FillReply(FillState[] States, SiloError? Error = null);
