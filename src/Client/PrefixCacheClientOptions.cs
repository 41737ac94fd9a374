using System.Net;

namespace KvOrleans.Client;

/// <summary>Settings of <see cref="PrefixCacheClient"/>. Checked when the client is made; the message says how to mend what is wrong.</summary>
public sealed class PrefixCacheClientOptions
{
    private List<IPEndPoint> _gateways = [];
    private List<string> _gatewayNames = [];

    /// <summary>
    /// Orleans gateways of the cluster; one that answers is enough. Default: 127.0.0.1:30000. The cluster map, with each silo's
    /// data plane, comes from there.
    /// </summary>
    public IList<IPEndPoint> Gateways => _gateways;

    /// <summary>
    /// Names of gateways with their port, such as <c>kvorleans.kvorleans.svc:30000</c>, beside <see cref="Gateways"/>. Default: none. Each is looked up anew every two seconds and may stand for
    /// many silos, as the name of a headless service does; while it has no address those that it had count.
    /// </summary>
    public IList<string> GatewayNames => _gatewayNames;

    /// <summary>Orleans' cluster id; must be the silos'. Default: <c>kvorleans</c>.</summary>
    public string ClusterId { get; set; } = "kvorleans";

    /// <summary>Orleans' service id; must be the silos'. Default: <c>kvorleans</c>.</summary>
    public string ServiceId { get; set; } = "kvorleans";

    /// <summary>The data plane's password; null, the default, when the silos have none.</summary>
    public string? Password { get; set; }

    /// <summary>How long a call may take when it names no deadline. Default: 2 s. 1 ms to 10 min.</summary>
    public TimeSpan DefaultDeadline { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a match holds its blocks when it names no lease. Default: 10 s. 1 ms to 10 min; a silo may grant less.</summary>
    public TimeSpan DefaultLease { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Connections to each silo at most. Default: 4. 1 to 256. One carries one call at a time; calls beyond it wait, within their deadline.
    /// More of them help until the cores or the network are full.
    /// </summary>
    public int ConnectionsPerSilo { get; set; } = 4;

    /// <summary>
    /// Calls that may wait for a connection to one silo at a time. Default: 1024. 0 to 1,000,000. A call beyond it ends at once, as when the silo
    /// cannot be reached.
    /// </summary>
    public int WaitingCallsPerSilo { get; set; } = 1024;

    /// <summary>How often the cluster map is asked for anew. Default: 5 s. 100 ms to 10 min.</summary>
    public TimeSpan MapRefresh { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Memory for the digests of what the silos hold, of all silos together; they spare the question for what cannot be there. Default: 256 MiB. 0 to 16 GiB; 0: there are none, and
    /// every key is asked for. A digest takes about 1.4 bytes for each block that its silo holds, 64 MiB at most. A silo whose digest finds no room is always asked.
    /// </summary>
    public long DigestBytes { get; set; } = 256 << 20;

    /// <summary>
    /// Memory for what this node has read of blocks that are hot, so that it reads them again without a silo. Default: 0, none. 0 to 64 GiB. A block that is deleted is not read from there any more within 1 s.
    /// </summary>
    public long NearCacheBytes { get; set; }

    /// <summary>
    /// The failure domain that this node is in, as the silos' <c>Zone</c> names it. Default: empty, none. At most 256 characters. Of two silos that hold a hot block and have about as much to do, the one in
    /// the same zone is asked.
    /// </summary>
    public string Zone { get; set; } = "";

    /// <summary>For tests: whether silos are asked for what is read much.</summary>
    internal bool AsksForHotLists { get; set; } = true;

    internal PrefixCacheClientOptions Copy()
    {
        var copy = (PrefixCacheClientOptions)MemberwiseClone();
        copy._gateways = [.. _gateways];
        copy._gatewayNames = [.. _gatewayNames];
        return copy;
    }
}
