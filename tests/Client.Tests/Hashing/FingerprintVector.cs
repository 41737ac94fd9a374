using System.Text.Json;
using KvOrleans.Client.Hashing;

namespace KvOrleans.Client.Tests.Hashing;

/// <summary>A fingerprint of vectors.json: the model's fields in order, and the hex that python computed.</summary>
public sealed record FingerprintVector(JsonElement[] Fields, string Hex)
{
    public ModelFingerprint Model() => new(
        Fields[0].GetString()!, Fields[1].GetString()!, Fields[2].GetString()!, Fields[3].GetString()!,
        Fields[4].GetInt32(), Fields[5].GetInt32(), Fields[6].GetInt32());
}
