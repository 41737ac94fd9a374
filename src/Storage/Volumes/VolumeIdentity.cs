using System.Text.Json;

namespace KvOrleans.Storage.Volumes;

/// <summary>What a volume says of itself, in a small file of JSON. A file of a later version is never read beyond its version.</summary>
/// <param name="Owner">Whose it is.</param>
/// <param name="CreatedAt">When it was taken into use, by the clock of the machine: for people.</param>
public sealed record VolumeIdentity(VolumeOwner Owner, DateTimeOffset CreatedAt)
{
    /// <summary>The version of the file's format.</summary>
    public const int FormatVersion = 1;

    /// <summary>The largest file that is taken for one.</summary>
    public const int LargestFile = 64 << 10;

    private const string Format = "kvorleans-volume";

    private static readonly JsonWriterOptions Indented = new() { Indented = true };

    /// <summary>The file's bytes.</summary>
    public byte[] ToBytes()
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, Indented))
        {
            json.WriteStartObject();
            json.WriteString("format", Format);
            json.WriteNumber("version", FormatVersion);
            json.WriteString("clusterId", Owner.ClusterId);
            json.WriteString("serviceId", Owner.ServiceId);
            json.WriteString("siloName", Owner.SiloName);
            json.WriteString("createdAt", CreatedAt);
            json.WriteEndObject();
        }

        return bytes.ToArray();
    }

    /// <summary>Reads a file's bytes.</summary>
    /// <exception cref="FormatException">They are no identity.</exception>
    /// <exception cref="NotSupportedException">They are one of a later version.</exception>
    public static VolumeIdentity Read(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            using var json = JsonDocument.Parse(bytes);
            var root = json.RootElement;
            if (root.GetProperty("format").GetString() != Format)
                throw new FormatException($"its format is not '{Format}'");
            if (root.GetProperty("version").GetInt32() is var version && version > FormatVersion)
                throw new NotSupportedException($"its format has version {version}, and this KvOrleans knows versions up to {FormatVersion}");
            if (version < 1)
                throw new FormatException($"its version is {version}");
            return new(new(Text(root, "clusterId"), Text(root, "serviceId"), Text(root, "siloName")), root.GetProperty("createdAt").GetDateTimeOffset());
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new FormatException($"it cannot be read: {error.Message}", error);
        }
    }

    private static string Text(JsonElement root, string name) =>
        root.GetProperty(name).GetString() is { Length: > 0 } text ? text : throw new FormatException($"its {name} is empty");
}
