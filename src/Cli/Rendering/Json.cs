using System.Text.Encodings.Web;
using System.Text.Json;

namespace KvOrleans.Cli.Rendering;

/// <summary>How results look with <c>--json</c>: one object, camelCase.</summary>
internal static class Json
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static readonly JsonSerializerOptions OneLine = new(Options) { WriteIndented = false };

    /// <summary>Writes <paramref name="value"/> in one line: for objects that follow each other.</summary>
    public static void WriteLine<T>(TextWriter writer, T value) => writer.WriteLine(JsonSerializer.Serialize(value, OneLine));

    /// <summary>Writes <paramref name="value"/> and a line end.</summary>
    public static void Write<T>(TextWriter writer, T value) => writer.WriteLine(JsonSerializer.Serialize(value, Options));
}
