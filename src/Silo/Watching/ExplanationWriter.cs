using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Watching;

namespace KvOrleans.Silo.Watching;

/// <summary>Writes what silos say of keys as JSON: for each key what follows from all answers, in the words of <c>kvo explain</c>, and the answers, with the names that <c>KV.EXPLAIN</c> has.</summary>
internal static class ExplanationWriter
{
    /// <summary>The JSON, in UTF-8.</summary>
    /// <param name="keys">The keys, in the order of their chain.</param>
    /// <param name="answers">What each silo said.</param>
    public static ReadOnlyMemory<byte> Write(ImmutableArray<BlockKey> keys, IReadOnlyList<SiloAnswer> answers)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteStartArray("keys");
        var stories = new BlockStory[keys.Length];
        for (var i = 0; i < keys.Length; i++)
        {
            List<(string Silo, List<(string Name, object Value)>? Fields)> told =
                [.. answers.Select(answer => (answer.Silo, answer.Keys is { } known ? ExplanationFields.Of(known[i]) : null))];
            stories[i] = BlockStory.Of(keys[i], [.. told.Select(one => new SiloTestimony(one.Silo, Texts(one.Fields)))]);
            WriteKey(json, stories[i], i > 0 ? keys[i - 1] : default, i, told);
        }

        json.WriteEndArray();
        json.WriteNumber("present", stories.Count(story => story.Places.Count > 0));
        json.WriteNumber("leadingRun", stories.TakeWhile(story => story.Places.Count > 0).Count());
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    private static void WriteKey(
        Utf8JsonWriter json, BlockStory story, BlockKey before, int number, List<(string Silo, List<(string Name, object Value)>? Fields)> told)
    {
        json.WriteStartObject();
        json.WriteString("key", KeyNotation.Show(story.Key));
        json.WriteString("owner", story.Owner);
        if (story.Why is { } why)
            json.WriteString("why", why);
        else
            json.WriteString("where", string.Join(", ", story.Places.Select(place => place.Describe(before, number))));
        json.WriteStartArray("silos");
        foreach (var (silo, fields) in told)
            WriteSilo(json, silo, fields, story.Places.FirstOrDefault(place => place.Silo == silo), before, number);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteSilo(Utf8JsonWriter json, string silo, List<(string Name, object Value)>? fields, BlockPlace? place, BlockKey before, int number)
    {
        json.WriteStartObject();
        json.WriteString("silo", silo);
        if (place is not null)
            json.WriteString("place", place.Role);
        if (place?.NameParent(before, number) is { } parent)
            json.WriteString("parent-name", parent);
        if (fields is null)
            json.WriteString("state", "no-answer");
        foreach (var (name, value) in fields ?? [])
        {
            if (value is long count)
                json.WriteNumber(name, count);
            else
                json.WriteString(name, (string)value);
        }

        json.WriteEndObject();
    }

    private static Dictionary<string, string>? Texts(List<(string Name, object Value)>? fields) =>
        fields?.ToDictionary(field => field.Name, field => Convert.ToString(field.Value, CultureInfo.InvariantCulture) ?? "");
}
