using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Watching;

namespace KvOrleans.Silo.Watching;

/// <summary>Writes what silos say of keys as JSON, with the names that <c>KV.EXPLAIN</c> has.</summary>
internal static class ExplanationWriter
{
    /// <summary>The JSON, in UTF-8.</summary>
    public static ReadOnlyMemory<byte> Write(ImmutableArray<BlockKey> keys, IReadOnlyList<SiloAnswer> answers)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteStartArray("keys");
        for (var i = 0; i < keys.Length; i++)
        {
            json.WriteStartObject();
            json.WriteString("key", KeyNotation.Show(keys[i]));
            json.WriteStartArray("silos");
            foreach (var answer in answers)
                WriteSilo(json, answer.Silo, answer.Keys?[i]);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    private static void WriteSilo(Utf8JsonWriter json, string silo, KeyExplanation? known)
    {
        json.WriteStartObject();
        json.WriteString("silo", silo);
        json.WriteString("state", known is null ? "no-answer" : known.Block is null ? "absent" : "present");
        if (known is not null)
        {
            if (known.Block is { } block)
                WritePresent(json, known, block);
            else
                WriteAbsent(json, known);
            json.WriteString("owner", known.Owner);
            json.WriteNumber("remembers-s", known.RemembersSeconds);
        }

        json.WriteEndObject();
    }

    private static void WritePresent(Utf8JsonWriter json, KeyExplanation known, in BlockInfo block)
    {
        json.WriteString("version", block.Version.ToString());
        json.WriteNumber("length", block.Length);
        json.WriteString("tier", known.Tier);
        json.WriteString("kind", known.IsRegister ? "register" : "write-once");
        json.WriteString("role", known.Role);
        json.WriteNumber("uses", known.Uses);
        json.WriteNumber("bytes-per-second", known.BytesPerSecond);
        json.WriteNumber("leases", block.Leases);
        json.WriteNumber("ttl-ms", block.TimeToLive is { } left ? (long)left.TotalMilliseconds : -1);
        json.WriteNumber("holders", known.Holders);
        json.WriteString("served", known.IsServed ? "yes" : "no");
    }

    private static void WriteAbsent(Utf8JsonWriter json, KeyExplanation known)
    {
        json.WriteString("why", known.Why);
        if (known.SecondsAgo is { } seconds)
            json.WriteNumber("ago-s", seconds);
        if (known.Was is { } was)
            json.WriteString("was", was);
    }
}
