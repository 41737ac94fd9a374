namespace KvOrleans.Silo;

/// <summary>What is logged of the silo's lives.</summary>
internal static partial class SiloLog
{
    [LoggerMessage(LogLevel.Warning, "This life of the silo is over: {Reason}. Its registers are gone, its write-once blocks stay, and a new life begins.")]
    public static partial void LifeOver(ILogger logger, string reason);

    [LoggerMessage(LogLevel.Warning, "The silo cannot begin a life yet and tries again each second: {Reason}")]
    public static partial void NotStarted(ILogger logger, string reason);

    [LoggerMessage(LogLevel.Warning, "The volume '{Path}' (KvOrleans:Disk:Paths) is this silo's since {CreatedAt:u} and is reserved. No blocks are kept on it: this version has no NVMe tier.")]
    public static partial void VolumeReserved(ILogger logger, string path, DateTimeOffset createdAt);
}
