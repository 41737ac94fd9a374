using System.Diagnostics;
using System.Globalization;
using System.Text;
using KvOrleans.Silo.DataPlane.Sessions;

namespace KvOrleans.Silo.DataPlane.Commands.Server;

/// <summary><c>INFO [section …]</c></summary>
internal sealed class InfoCommand : DataPlaneCommand
{
    private static readonly string[] Everything = ["all", "everything", "default"];

    private static readonly long Began = Stopwatch.GetTimestamp();

    public override string Name => "INFO";

    public override int Arity => -1;

    public override string Syntax => "[section ...]";

    public override string Summary => "Returns what the silo knows of itself, as lines of name:value.";

    public override string Group => "server";

    public override ValueTask ExecuteAsync(Session session)
    {
        session.TellCounts();
        var wanted = new List<string>();
        for (var i = 1; i < session.ArgumentCount; i++)
            wanted.Add(Encoding.UTF8.GetString(session.Argument(i)).ToLowerInvariant());

        var text = new StringBuilder();
        foreach (var (section, lines) in Sections(session))
        {
            if (wanted.Count > 0 && !wanted.Contains(section.ToLowerInvariant()) && !wanted.Intersect(Everything).Any())
                continue;
            text.Append(text.Length > 0 ? "\r\n" : "").Append(CultureInfo.InvariantCulture, $"# {section}\r\n");
            foreach (var (name, value) in lines)
                text.Append(CultureInfo.InvariantCulture, $"{name}:{value}\r\n");
        }

        session.Output.WriteText(text.ToString());
        return ValueTask.CompletedTask;
    }

    private static IEnumerable<(string Section, (string Name, object Value)[] Lines)> Sections(Session session)
    {
        var services = session.Services;
        var counters = services.Counters;
        var store = services.Store.GetStatistics();
        var map = services.Map.Current;
        var replication = services.Replication.Current;
        var self = map.Silos.FirstOrDefault(silo => silo.Life == services.Map.Life);
        using var process = Process.GetCurrentProcess();
        var uptime = (long)Stopwatch.GetElapsedTime(Began).TotalSeconds;
        yield return ("Server",
        [
            ("redis_version", ServerIdentity.RedisVersion), ("redis_mode", "standalone"), ("kvorleans_version", ServerIdentity.Version),
            ("os", Environment.OSVersion), ("arch_bits", IntPtr.Size * 8), ("process_id", Environment.ProcessId),
            ("tcp_port", services.Options.DataPlane.Port), ("uptime_in_seconds", uptime),
        ]);
        yield return ("Clients",
        [
            ("connected_clients", counters.Connections), ("maxclients", services.Options.DataPlane.MaxConnections),
        ]);
        yield return ("Memory",
        [
            ("used_memory", store.ArenaBytes - store.FreeBytes), ("used_memory_rss", process.WorkingSet64), ("maxmemory", store.ArenaBytes),
            ("maxmemory_policy", "allkeys-lru"),
        ]);
        yield return ("Stats",
        [
            ("total_connections_received", counters.ConnectionsAccepted), ("rejected_connections", counters.ConnectionsRefused),
            ("total_commands_processed", services.Commands.Commands), ("keyspace_hits", counters.Hits), ("keyspace_misses", counters.Misses),
            ("evicted_keys", store.Evictions), ("expired_keys", store.Expirations),
        ]);
        yield return ("Replication", [("role", "master"), ("connected_slaves", 0)]);
        yield return ("Keyspace", store.Blocks == 0 ? [] : [("db0", $"keys={store.Blocks},expires={store.MortalBlocks},avg_ttl=0")]);
        yield return ("Cluster",
        [
            ("map_id", map.Id), ("incarnation", map.Incarnation.ToString("x16", CultureInfo.InvariantCulture)), ("silos", map.Silos.Length),
            ("silo_name", self?.Name ?? services.Options.SiloName), ("zone", services.Options.Zone), ("life", services.Map.Life),
            ("forwarded_reads", services.Peers.Reads), ("forwarded_writes", services.Peers.Writes),
            ("pulls", services.Peers.Pulls), ("pulled_bytes", services.Peers.PulledBytes), ("peer_failures", services.Peers.Failures),
            ("fence_age_ms", (long)Math.Min(services.Map.FenceAge.TotalMilliseconds, int.MaxValue)), ("cut_off", services.Map.IsCutOff ? 1 : 0),
            ("serves_write_once", services.Router.ServesWriteOnce ? 1 : 0), ("serves_registers", services.Router.ServesRegisters ? 1 : 0),
            ("copy_blocks", replication.CopyBlocks), ("copy_bytes", replication.CopyBytes), ("copies_made", replication.CopiesMade), ("copied_bytes", replication.TakenBytes),
            ("offers_under_way", replication.OffersUnderWay), ("repair_pending_blocks", replication.RepairPendingBlocks),
            ("repair_pending_bytes", replication.RepairPendingBytes), ("repair_bytes_total", replication.RepairBytesTotal),
            ("handoff_pending", replication.HandoffPending), ("tombstones", replication.Tombstones), ("draining", replication.Drain.IsDraining ? 1 : 0),
            ("drain_offered", replication.Drain.Offered), ("drain_open", replication.Drain.Open), ("drain_lost", replication.Drain.Lost), ("drain_left", replication.Drain.Left),
        ]);
        yield return ("Heat",
        [
            ("hot_blocks", services.HeatCounters.HotBlocks), ("hot_copies_made", services.HeatCounters.CopiesMade),
            ("extra_blocks", store.ExtraBlocks), ("extra_bytes", store.ExtraBytes),
        ]);
        yield return ("KvOrleans",
        [
            ("arena_bytes", store.ArenaBytes), ("arena_free_bytes", store.FreeBytes), ("payload_bytes", store.PayloadBytes),
            ("staged_bytes", store.StagedBytes), ("index_bytes", store.IndexBytes), ("blocks", store.Blocks),
            ("children", store.Children), ("orphans", store.Orphans),
            ("leases", store.Leases), ("leased_bytes", store.LeasedBytes),
            ("fills", services.Fills.Count), ("fills_granted", services.Fills.Granted), ("fill_waits", services.Fills.Waits), ("fills_unrecorded", services.Fills.Unrecorded),
            ("evictions", store.Evictions), ("expirations", store.Expirations),
            ("hits", counters.Hits), ("misses", counters.Misses), ("sent_bytes", counters.SentBytes), ("writes", counters.Writes), ("conflicts", counters.Conflicts),
            ("protocol_errors", counters.ProtocolErrors), ("stalled_connections", counters.ConnectionsStalled),
            ("grains_awake", services.Awake.Count), ("grains_awake_bound", services.Awake.Bound),
            ("resident_bytes", process.WorkingSet64), ("managed_bytes", GC.GetTotalMemory(false)), ("uptime_seconds", uptime),
        ]);
    }
}
