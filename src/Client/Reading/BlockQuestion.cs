using System.Buffers.Text;
using System.Globalization;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Wire.Tracing;
using KvOrleans.Wire;

namespace KvOrleans.Client.Reading;

/// <summary>A <c>KV.GET</c>.</summary>
/// <param name="Key">The block.</param>
/// <param name="Version">The content that is wanted; <c>default</c> for any.</param>
/// <param name="Offset">Where a part of that content begins; null for the whole block.</param>
internal readonly record struct BlockQuestion(BlockKey Key, BlockVersion Version = default, int? Offset = null)
{
    /// <summary>Appends the question to what will be sent. A part is as long as <paramref name="room"/>.</summary>
    public void Write(RespOutput output, int room)
    {
        Traces.Write(output, Traces.CurrentId);
        output.WriteArrayHeader(Version.IsNone ? 2 : Offset is null ? 4 : 7);
        output.WriteBulk("KV.GET"u8);
        output.WriteBulk(Key.Span);
        if (Version.IsNone)
            return;
        output.WriteBulk("VERSION"u8);
        Span<byte> text = stackalloc byte[BlockVersion.MaxTextLength];
        Version.TryFormat(text, out var count, default, CultureInfo.InvariantCulture);
        output.WriteBulk(text[..count]);
        if (Offset is not { } offset)
            return;
        output.WriteBulk("RANGE"u8);
        Utf8Formatter.TryFormat(offset, text, out count);
        output.WriteBulk(text[..count]);
        Utf8Formatter.TryFormat(room, text, out count);
        output.WriteBulk(text[..count]);
    }
}
