using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Watching;

namespace KvOrleans.Silo.Watching;

/// <summary>Writes the picture of the cluster as JSON: all of it, or with only what is new of what grows.</summary>
internal static class PictureWriter
{
    private const int MostHotBlocks = 12;
    private const int MostEvents = EventBook.Capacity;

    // Not for HTML: it is read as JSON only.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The JSON, in UTF-8 and on one line.</summary>
    /// <param name="picture">The cluster.</param>
    /// <param name="self">The silo that tells it.</param>
    /// <param name="isWhole">Whether all seconds and events are told, or only those that are new.</param>
    public static byte[] Write(ClusterPicture picture, string self, bool isWhole)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using var json = new Utf8JsonWriter(buffer, Options);
        json.WriteStartObject();
        json.WriteString("self", self);
        json.WriteBoolean("whole", isWhole);
        json.WriteStartArray("silos");
        foreach (var known in picture.Silos)
            WriteSilo(json, picture, known, isWhole);
        json.WriteEndArray();
        WriteHottest(json, picture);
        WriteEvents(json, picture, isWhole);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteSilo(Utf8JsonWriter json, ClusterPicture picture, KnownSilo known, bool isWhole)
    {
        json.WriteStartObject();
        json.WriteString("name", known.Silo.Name);
        json.WriteString("zone", known.Silo.Zone);
        json.WriteString("address", known.Silo.DataPlane.ToString());
        json.WriteString("life", known.Silo.Life.ToString());
        json.WriteString("state", StateOf(picture, known));
        if (known.GoneAt is { } gone)
            json.WriteNumber("goneMs", picture.AgeOf(gone));
        if (known.Last is { } last)
        {
            json.WriteNumber("ageMs", picture.AgeOf(known.ToldAt));
            WriteSnapshot(json, last);
        }

        json.WriteStartArray("samples");
        foreach (var sample in isWhole ? known.Samples : known.Samples.Skip(known.Samples.Count - known.NewSamples))
        {
            json.WriteStartArray();
            json.WriteNumberValue(sample.Hits);
            json.WriteNumberValue(sample.Misses);
            json.WriteNumberValue(sample.Writes);
            json.WriteNumberValue(sample.ReadBytes);
            json.WriteEndArray();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static string StateOf(ClusterPicture picture, KnownSilo known) => known switch
    {
        { GoneAt: not null } => "gone",
        { Last: null } => "asked",
        _ when !picture.Answers(known) => "silent",
        { Last.IsDraining: true } => "draining",
        { Last.IsCutOff: true } => "cut-off",
        { Last.NotReady: not null } => "not-ready",
        _ => "ready",
    };

    private static void WriteSnapshot(Utf8JsonWriter json, SiloSnapshot last)
    {
        if (last.NotReady is { } reason)
            json.WriteString("notReady", reason);
        json.WriteNumber("map", last.MapId);
        json.WriteNumber("uptimeS", last.UptimeSeconds);
        json.WriteStartArray("tiers");
        foreach (var tier in last.Tiers)
        {
            json.WriteStartObject();
            json.WriteString("name", tier.Name);
            json.WriteNumber("used", tier.UsedBytes);
            json.WriteNumber("total", tier.TotalBytes);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteNumber("blocks", last.Blocks);
        json.WriteNumber("copies", last.Copies);
        json.WriteNumber("extraCopies", last.ExtraCopies);
        json.WriteNumber("leases", last.Leases);
        json.WriteNumber("leasedBytes", last.LeasedBytes);
        json.WriteNumber("connections", last.Connections);
        json.WriteNumber("evictions", last.Evictions);
        json.WriteNumber("repairBlocks", last.RepairPendingBlocks);
        json.WriteNumber("repairBytes", last.RepairPendingBytes);
        json.WriteNumber("repairedBytes", last.RepairBytesTotal);
        json.WriteNumber("handoffs", last.HandoffPending);
        json.WriteNumber("drainOffered", last.DrainOffered);
        json.WriteNumber("drainOpen", last.DrainOpen);
        json.WriteNumber("hotBlocks", last.HotBlocks);
    }

    /// <summary>What the owner of a hot block tells of it counts; of another the silos' own reads are added up.</summary>
    private static void WriteHottest(Utf8JsonWriter json, ClusterPicture picture)
    {
        var told = picture.Silos.Where(picture.Answers).Select(known => known.Last!).ToList();
        var spread = told.SelectMany(last => last.Spread).DistinctBy(block => block.Key).ToDictionary(block => block.Key);
        var read = from block in told.SelectMany(last => last.Read)
                   where !spread.ContainsKey(block.Key)
                   group block by block.Key into same
                   select same.MaxBy(block => block.Holders.Length)! with
                   {
                       BytesPerSecond = same.Sum(block => block.BytesPerSecond),
                       Holders = [.. same.OrderByDescending(block => block.Holders.Length).SelectMany(block => block.Holders).Distinct()],
                   };
        var blocks = spread.Values.Concat(read).Where(block => block.BytesPerSecond > 0).OrderByDescending(block => block.BytesPerSecond);
        json.WriteStartArray("hot");
        foreach (var block in blocks.Take(MostHotBlocks))
        {
            json.WriteStartObject();
            json.WriteString("key", KeyNotation.Show(block.Key));
            json.WriteNumber("length", block.Length);
            json.WriteNumber("rate", block.BytesPerSecond);
            json.WriteStartArray("holders");
            foreach (var name in block.Holders.Select(picture.NameOf).OfType<string>())
                json.WriteStringValue(name);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteEvents(Utf8JsonWriter json, ClusterPicture picture, bool isWhole)
    {
        var events = from known in picture.Silos
                     from one in isWhole ? known.Events : known.Events.Skip(known.Events.Count - known.NewEvents)
                     orderby one.At descending
                     select (known.Silo.Name, one.Event, one.At);
        json.WriteStartArray("events");
        foreach (var (silo, told, at) in events.Take(MostEvents))
        {
            json.WriteStartObject();
            json.WriteString("silo", silo);
            json.WriteString("kind", NameOf(told.Kind));
            json.WriteString("about", told.About);
            json.WriteNumber("count", told.Count);
            json.WriteNumber("ageMs", picture.AgeOf(at));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static string NameOf(SiloEventKind kind) => JsonNamingPolicy.KebabCaseLower.ConvertName(kind.ToString());
}
