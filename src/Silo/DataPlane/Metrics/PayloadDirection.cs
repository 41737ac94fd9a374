namespace KvOrleans.Silo.DataPlane.Metrics;

/// <summary>Which way payloads go; the words are those of OpenTelemetry's conventions.</summary>
internal enum PayloadDirection
{
    /// <summary>To who reads here.</summary>
    Transmit,

    /// <summary>From who writes.</summary>
    Receive,
}
