using System.Net;

namespace KvOrleans.Silo.Configuration;

/// <summary>A silo's settings, section <c>KvOrleans</c>. An unknown name is an error, so that a typing mistake is seen.</summary>
public sealed class KvOrleansOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "KvOrleans";

    /// <summary>
    /// Stable name of the silo, its identity in placement; in Kubernetes the pod's name. Default: host name and silo port.
    /// A restart under the same name moves no keys.
    /// </summary>
    [OwnOption]
    public string SiloName { get; set; } = "";

    /// <summary>Orleans' cluster id. Default: <c>kvorleans</c>. Silos and clients of one cluster share it.</summary>
    public string ClusterId { get; set; } = "kvorleans";

    /// <summary>Orleans' service id. Default: <c>kvorleans</c>.</summary>
    public string ServiceId { get; set; } = "kvorleans";

    /// <summary>Where the silos find each other. Default: <c>Localhost</c>. <c>Redis</c> needs <see cref="Redis"/>.</summary>
    public ClusteringKind Clustering { get; set; } = ClusteringKind.Localhost;

    /// <summary>Connection string for <c>Redis</c> clustering, in StackExchange.Redis' syntax. No default.</summary>
    [SecretOption]
    public string Redis { get; set; } = "";

    /// <summary>The address other silos and clients use. Default: 127.0.0.1. Every door listens there unless <see cref="ListenAddress"/> says otherwise.</summary>
    [OwnOption]
    public string AdvertisedAddress { get; set; } = IPAddress.Loopback.ToString();

    /// <summary>The address every door listens on. Default: the advertised one. <c>0.0.0.0</c> for all.</summary>
    [OwnOption]
    public string ListenAddress { get; set; } = "";

    /// <summary>Orleans' silo-to-silo port. Default: 11111.</summary>
    [OwnOption]
    public int SiloPort { get; set; } = 11111;

    /// <summary>Orleans' client port. Default: 30000.</summary>
    [OwnOption]
    public int GatewayPort { get; set; } = 30000;

    /// <summary>
    /// <c>host:port</c> (silo port) of the first silo, with <c>Localhost</c> clustering. Default: this silo is the first. That silo holds
    /// the membership, and while it is gone nobody joins or takes over.
    /// </summary>
    [OwnOption]
    public string PrimarySilo { get; set; } = "";

    /// <summary>The silo's failure domain. Default: none.</summary>
    [OwnOption]
    public string Zone { get; set; } = "";

    /// <summary>
    /// Stop when standard input ends. Default: false. For a program that starts silos as its children: they end with it, however it ends.
    /// </summary>
    public bool StopWithInput { get; set; }

    /// <summary>The RESP port.</summary>
    public DataPlaneOptions DataPlane { get; set; } = new();

    /// <summary>Health and metrics.</summary>
    public HttpOptions Http { get; set; } = new();

    /// <summary>The arena.</summary>
    public MemoryOptions Memory { get; set; } = new();

    /// <summary>The volumes.</summary>
    public DiskOptions Disk { get; set; } = new();

    /// <summary>How far matched blocks may be held.</summary>
    public LeaseOptions Leases { get; set; } = new();

    /// <summary>What clients know from digests.</summary>
    public DigestOptions Digests { get; set; } = new();

    /// <summary>How long who computes a block may have it for itself.</summary>
    public FillOptions Fills { get; set; } = new();

    /// <summary>The deciding grains.</summary>
    public GrainOptions Grains { get; set; } = new();

    /// <summary>Which keys beside <c>kv:…</c> are write-once.</summary>
    public WriteOnceOptions WriteOnce { get; set; } = new();

    /// <summary>How many silos hold a write-once block.</summary>
    public CopyOptions Copies { get; set; } = new();

    /// <summary>What repair and handoff may take.</summary>
    public RepairOptions Repair { get; set; } = new();

    /// <summary>How blocks are found whose parent is gone.</summary>
    public OrphanOptions Orphans { get; set; } = new();

    /// <summary>What happens before the silo stops.</summary>
    public DrainOptions Drain { get; set; } = new();

    /// <summary>What is told to who watches.</summary>
    public MetricsOptions Metrics { get; set; } = new();

    /// <summary>What is kept of deleted blocks.</summary>
    public TombstoneOptions Tombstones { get; set; } = new();
}
