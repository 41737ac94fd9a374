using KvOrleans.Wire.Replies;

namespace KvOrleans.Wire.Tests.Replies;

/// <summary>A reply to write, and what must come out at the other end.</summary>
/// <param name="Type">Its type; a null array is an <see cref="RespReplyType.Array"/> without items.</param>
/// <param name="Number">An integer's value.</param>
/// <param name="Bytes">A bulk string's payload or the text of a simple string or error.</param>
/// <param name="Items">An array's items, or a map's keys and values.</param>
internal sealed record Reply(RespReplyType Type, long Number = 0, byte[]? Bytes = null, Reply[]? Items = null)
{
    public async Task WriteAsync(RespOutput output, bool inParts)
    {
        switch (Type)
        {
            case RespReplyType.SimpleString:
                output.WriteSimpleString(Bytes);
                break;
            case RespReplyType.Error:
                output.WriteError(System.Text.Encoding.UTF8.GetString(Bytes!));
                break;
            case RespReplyType.Integer:
                output.WriteInteger(Number);
                break;
            case RespReplyType.BulkString when inParts:
                output.WriteBulkHeader(Bytes!.Length);
                await output.WritePayloadAsync(Bytes.AsMemory(..(Bytes.Length / 3)), CancellationToken.None);
                await output.WritePayloadAsync(Bytes.AsMemory(Bytes.Length / 3), CancellationToken.None);
                output.WriteLineEnd();
                break;
            case RespReplyType.BulkString:
                output.WriteBulk(Bytes);
                break;
            case RespReplyType.Null:
                output.WriteNull();
                break;
            case RespReplyType.Array when Items is null:
                output.WriteNullArray();
                break;
            case RespReplyType.Array:
                output.WriteArrayHeader(Items.Length);
                break;
            default:
                output.WriteMapHeader(Items!.Length / 2);
                break;
        }

        foreach (var item in Items ?? [])
            await item.WriteAsync(output, inParts);
    }

    public string Describe(RespProtocol protocol)
    {
        var items = string.Concat((Items ?? []).Select(item => item.Describe(protocol)));
        return Type switch
        {
            RespReplyType.Error => $"{Type} {Convert.ToHexString([.. Bytes!.Select(static value => value is 10 or 13 ? (byte)' ' : value)])};",
            RespReplyType.SimpleString or RespReplyType.BulkString => $"{Type} {Convert.ToHexString(Bytes!)};",
            RespReplyType.Integer => $"{Type} {Number};",
            RespReplyType.Null => "Null;",
            RespReplyType.Array when Items is null => "Null;",
            RespReplyType.Map when protocol == RespProtocol.Resp3 => $"Map {Items!.Length / 2};" + items,
            _ => $"Array {Items!.Length};" + items,
        };
    }
}
