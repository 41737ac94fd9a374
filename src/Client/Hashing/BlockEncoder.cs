using System.Formats.Cbor;
using System.Security.Cryptography;

namespace KvOrleans.Client.Hashing;

/// <summary>Hashes the blocks of one prompt in order, over buffers that it reuses.</summary>
internal sealed class BlockEncoder
{
    private const int LongestTokenBytes = 5;
    private const int UsualRest = 128;

    private readonly PrefixExtras? _extras;
    private readonly MultiModalCursor? _items;
    private readonly CborWriter _writer;
    private byte[] _encoded;

    public BlockEncoder(PrefixExtras? extras, int blockTokens)
    {
        _extras = extras;
        _items = extras is { MultiModal.Count: > 0 } ? new(extras.MultiModal) : null;
        _encoded = new byte[UsualRest + (LongestTokenBytes * blockTokens)];
        _writer = new(CborConformanceMode.Canonical, initialCapacity: _encoded.Length);
    }

    /// <summary>Hashes the block that begins at token <paramref name="start"/> into <paramref name="hash"/>.</summary>
    public void Hash(ReadOnlySpan<byte> parent, ReadOnlySpan<int> tokens, int start, Span<byte> hash)
    {
        _writer.Reset();
        _writer.WriteStartArray(3);
        _writer.WriteByteString(parent);
        _writer.WriteStartArray(tokens.Length);
        foreach (var token in tokens)
            _writer.WriteInt32(token);
        _writer.WriteEndArray();
        WriteExtras(start, start + tokens.Length);
        _writer.WriteEndArray();

        if (_writer.BytesWritten > _encoded.Length)
            _encoded = new byte[2 * _writer.BytesWritten];
        SHA256.HashData(_encoded.AsSpan(0, _writer.Encode(_encoded)), hash);
    }

    private void WriteExtras(int start, int end)
    {
        var salt = start == 0 && !string.IsNullOrEmpty(_extras?.CacheSalt) ? _extras.CacheSalt : null;
        var items = _items?.Take(start, end);
        var count = (_extras?.LoraName is null ? 0 : 1) + (items?.Count ?? 0) + (salt is null ? 0 : 1) + (_extras?.Embeddings is null ? 0 : 1);
        if (count == 0)
        {
            _writer.WriteNull();
            return;
        }

        _writer.WriteStartArray(count);
        if (_extras!.LoraName is { } lora)
            _writer.WriteTextString(lora);
        if (items is not null)
        {
            foreach (var item in items)
                WriteItem(item, start);
        }

        if (salt is not null)
            _writer.WriteTextString(salt);
        if (_extras.Embeddings is { } embeddings)
        {
            Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
            embeddings.Digest(start, end, digest);
            _writer.WriteByteString(digest);
        }

        _writer.WriteEndArray();
    }

    private void WriteItem(MultiModalItem item, int start)
    {
        _writer.WriteStartArray(2);
        _writer.WriteTextString(item.Identifier);
        _writer.WriteInt32(item.Offset - start);
        _writer.WriteEndArray();
    }
}
