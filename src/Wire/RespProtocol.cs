namespace KvOrleans.Wire;

/// <summary>The protocol's versions; <c>HELLO</c> switches between them.</summary>
public enum RespProtocol
{
    /// <summary>RESP2, what a connection begins with.</summary>
    Resp2 = 2,

    /// <summary>RESP3: maps, nulls and more types.</summary>
    Resp3 = 3,
}
