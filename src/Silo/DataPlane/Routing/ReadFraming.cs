namespace KvOrleans.Silo.DataPlane.Routing;

/// <summary>How a block that is read is framed in the reply.</summary>
internal enum ReadFraming
{
    /// <summary>Its bytes alone: <c>GET</c>.</summary>
    Value,

    /// <summary>Version, checksum and bytes: <c>KV.GET</c>.</summary>
    Identified,
}
