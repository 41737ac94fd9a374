using System.Text.Json;

namespace KvOrleans.Client.Tests.Hashing;

/// <summary>vectors.json, which make_vectors.py wrote and our code had no part in.</summary>
public sealed record HashVectors(ChainVector[] Chains, FingerprintVector[] Fingerprints)
{
    public static string Text { get; } = File.ReadAllText(Path.Combine(Folder, "vectors.json"));

    public static string Script => Path.Combine(Folder, "make_vectors.py");

    public static HashVectors All { get; } = JsonSerializer.Deserialize<HashVectors>(Text, JsonSerializerOptions.Web)!;

    private static string Folder => Path.Combine(AppContext.BaseDirectory, "Hashing");
}
