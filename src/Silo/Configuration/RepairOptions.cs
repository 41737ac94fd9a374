namespace KvOrleans.Silo.Configuration;

/// <summary>What copying between silos may take, when the cluster changed.</summary>
public sealed class RepairOptions
{
    /// <summary>
    /// The bytes per second that this silo gives others for repair, handoff and drain together. Default: 512MiB; 1MiB to 1TiB. Copies after reuse and of <c>REPLICATED</c> writes
    /// are not limited.
    /// </summary>
    public ByteSize BytesPerSecond { get; set; } = new(512 << 20);
}
