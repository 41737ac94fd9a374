namespace KvOrleans.Wire;

/// <summary>The peer sent bytes that are not RESP, or more than is accepted. The connection cannot be used any more.</summary>
public sealed class RespProtocolException : Exception
{
    /// <summary>Makes the error; <paramref name="message"/> is in Redis' words where Redis has some, without a prefix.</summary>
    public RespProtocolException(string message) : base(message)
    {
    }
}
