namespace KvOrleans.Silo.Configuration;

/// <summary>The HTTP port: health and metrics.</summary>
public sealed class HttpOptions
{
    /// <summary>Its port. Default: 8080; 1 to 65535.</summary>
    public int Port { get; set; } = 8080;
}
