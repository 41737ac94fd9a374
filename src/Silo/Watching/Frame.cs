namespace KvOrleans.Silo.Watching;

/// <summary>One state of the cluster, to be shown.</summary>
/// <param name="Number">Its number, one more each second.</param>
/// <param name="News">As JSON, with only what is new since the frame before of what grows.</param>
/// <param name="Whole">As JSON, with all of it; null when nobody needed that, as those who saw the frame before do not.</param>
internal sealed record Frame(long Number, byte[] News, byte[]? Whole);
