namespace KvOrleans.Silo.DataPlane.Commands.Server;

/// <summary>What the server says it is.</summary>
internal static class ServerIdentity
{
    /// <summary>The Redis version whose commands ours follow; clients choose their features by it.</summary>
    public const string RedisVersion = "7.2.0";

    /// <summary>Our own version.</summary>
    public static string Version { get; } = typeof(ServerIdentity).Assembly.GetName().Version?.ToString(3) ?? "0";
}
