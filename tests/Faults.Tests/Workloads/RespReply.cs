namespace KvOrleans.Faults.Tests.Workloads;

/// <summary>A reply: its kind as RESP marks it, its text or number, or its elements. Null replies have no text and no elements.</summary>
internal sealed record RespReply(char Mark, string? Text, IReadOnlyList<RespReply>? Elements = null)
{
    public bool IsError => Mark == '-';

    public bool IsNull => Text is null && Elements is null;
}
