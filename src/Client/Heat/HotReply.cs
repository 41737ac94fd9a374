namespace KvOrleans.Client.Heat;

/// <summary>A reply to <c>KV.HOT</c>, whose form has been checked.</summary>
/// <param name="Number">Of the list.</param>
/// <param name="SentBytes">What the silo sent lately.</param>
/// <param name="Blocks">The list; null when it is the one that is known.</param>
internal readonly record struct HotReply(long Number, long SentBytes, IReadOnlyList<HotEntry>? Blocks);
