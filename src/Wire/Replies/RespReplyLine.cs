namespace KvOrleans.Wire.Replies;

/// <summary>The first line of a reply.</summary>
/// <param name="Type">What it begins.</param>
/// <param name="Number">An integer's value, a bulk string's length, an array's or map's count; else 0.</param>
/// <param name="TextLength">The bytes of a simple string or error, to be had from <see cref="RespReplyReader.Text"/>; else 0.</param>
public readonly record struct RespReplyLine(RespReplyType Type, long Number, int TextLength);
