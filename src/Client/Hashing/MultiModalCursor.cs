namespace KvOrleans.Client.Hashing;

/// <summary>Walks a prompt's multimodal items beside its blocks, and finds those that belong to each block's hash.</summary>
/// <remarks>
/// Where items do not overlap each other, a block's items are those that share a token with it. Where they do, vLLM's rule holds: an item that
/// reaches beyond the block hides the items after it, and nothing is found beyond the end of the last item. What is passed for good has
/// ended before the next block, so the first block asked for may be any.
/// </remarks>
internal sealed class MultiModalCursor(IReadOnlyList<MultiModalItem> items)
{
    private readonly List<MultiModalItem> _found = [];
    private int _next;

    /// <summary>The items of the block of tokens <paramref name="start"/> to <paramref name="end"/>, which is after every block asked for before.</summary>
    /// <returns>A list that the next call reuses.</returns>
    public List<MultiModalItem> Take(int start, int end)
    {
        _found.Clear();
        if (items[^1].End <= start)
            return _found;

        for (; _next < items.Count && items[_next].Offset < end; _next++)
        {
            var item = items[_next];
            if (item.End > start)
                _found.Add(item);
            if (item.End > end)
                break;
        }

        return _found;
    }
}
