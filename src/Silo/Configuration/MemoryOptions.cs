namespace KvOrleans.Silo.Configuration;

/// <summary>The memory arena.</summary>
public sealed class MemoryOptions
{
    /// <summary>
    /// The arena's size; payloads never take more. Default: half of the memory limit (the container's, else the machine's). At least
    /// 2MiB, at most the limit less 128MiB for what is beside it; rounded down to whole 2MiB. The kernel gives the pages out as they are first written.
    /// </summary>
    public ByteSize Bytes { get; set; } = new(MemoryLimit.Bytes / 2);
}
