namespace KvOrleans.Silo.Configuration;

/// <summary>The HTTP port: health, metrics, and pages for operators.</summary>
public sealed class HttpOptions
{
    /// <summary>Its port. Default: 8080; 1 to 65535.</summary>
    [OwnOption]
    public int Port { get; set; } = 8080;

    /// <summary>Whether the console is served at <c>/</c>. Default: true. It shows block keys, so whoever reaches the port reads them.</summary>
    public bool Console { get; set; } = true;

    /// <summary>Whether Orleans' own dashboard is served at <c>/orleans</c>. Default: false.</summary>
    public bool OrleansDashboard { get; set; }
}
