using KvOrleans.Client.Connections;

namespace KvOrleans.Client.Writing;

/// <summary>What became of a write that was sent, or was to be sent, to a silo.</summary>
/// <param name="Write">The outcome; <c>default</c> with an error or without a reply.</param>
/// <param name="Error">The silo's error; null when it sent none.</param>
/// <param name="Broken">Why there is no reply; null when there is one.</param>
/// <param name="Sent">Without a reply: whether the silo may have the whole write all the same.</param>
internal readonly record struct WriteReply(BlockWrite Write, SiloError? Error, Exception? Broken = null, bool Sent = false);
