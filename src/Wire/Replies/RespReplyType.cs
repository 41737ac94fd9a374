namespace KvOrleans.Wire.Replies;

/// <summary>The types of reply that a cache's client meets.</summary>
public enum RespReplyType
{
    /// <summary><c>+</c></summary>
    SimpleString,

    /// <summary><c>-</c></summary>
    Error,

    /// <summary><c>:</c></summary>
    Integer,

    /// <summary><c>$</c>: a payload of <see cref="RespReplyLine.Number"/> bytes and a line end follow.</summary>
    BulkString,

    /// <summary><c>*</c>: <see cref="RespReplyLine.Number"/> replies follow.</summary>
    Array,

    /// <summary><c>%</c>: twice <see cref="RespReplyLine.Number"/> replies follow.</summary>
    Map,

    /// <summary>Nothing, in either protocol's form.</summary>
    Null,
}
