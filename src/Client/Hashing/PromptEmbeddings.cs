using System.Security.Cryptography;

namespace KvOrleans.Client.Hashing;

/// <summary>A prompt that was given as embeddings, or partly so. Its memory must not change while it is hashed.</summary>
public sealed class PromptEmbeddings
{
    /// <summary>Describes the tensor, one row a token, from the prompt's first token on.</summary>
    /// <param name="data">The rows' bytes in the tensor's own dtype and byte order, contiguous. It may end before the prompt's tokens do.</param>
    /// <param name="bytesPerToken">The bytes of one row: hidden size × bytes of the dtype; 1 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="bytesPerToken"/> is less than 1.</exception>
    /// <exception cref="ArgumentException"><paramref name="data"/> does not hold whole rows.</exception>
    public PromptEmbeddings(ReadOnlyMemory<byte> data, int bytesPerToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bytesPerToken, 1);
        if (data.Length % bytesPerToken != 0)
            throw new ArgumentException($"{data.Length} bytes are not whole rows of {bytesPerToken} bytes.", nameof(data));
        Data = data;
        BytesPerToken = bytesPerToken;
    }

    /// <summary>The rows' bytes.</summary>
    public ReadOnlyMemory<byte> Data { get; }

    /// <summary>The bytes of one row.</summary>
    public int BytesPerToken { get; }

    /// <summary>SHA-256 of the rows of tokens <paramref name="start"/> to <paramref name="end"/>, of nothing where there are none.</summary>
    internal void Digest(int start, int end, Span<byte> digest)
    {
        var from = (int)Math.Min((long)start * BytesPerToken, Data.Length);
        var to = (int)Math.Min((long)end * BytesPerToken, Data.Length);
        SHA256.HashData(Data.Span[from..to], digest);
    }
}
