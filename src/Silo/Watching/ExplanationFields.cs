using KvOrleans.Contracts.Watching;

namespace KvOrleans.Silo.Watching;

/// <summary>What is known of a key as fields: texts, and whole numbers (<see cref="long"/>). <c>KV.EXPLAIN</c> and the console answer with them.</summary>
internal static class ExplanationFields
{
    /// <summary>The fields, in the order in which they are told.</summary>
    public static List<(string Name, object Value)> Of(KeyExplanation known)
    {
        List<(string, object)> fields = [("state", known.Block is null ? "absent" : "present")];
        if (known.Block is null)
            AddAbsent(fields, known);
        else
            AddPresent(fields, known);
        fields.Add(("owner", known.Owner));
        fields.Add(("remembers-s", known.RemembersSeconds));
        return fields;
    }

    private static void AddPresent(List<(string, object)> fields, KeyExplanation known)
    {
        var block = known.Block!.Value;
        fields.AddRange(
        [
            ("version", block.Version.ToString()),
            ("length", (long)block.Length),
            ("tier", known.Tier),
            ("kind", known.IsRegister ? "register" : "write-once"),
            ("role", known.Role),
            ("uses", (long)known.Uses),
            ("bytes-per-second", known.BytesPerSecond),
            ("leases", (long)block.Leases),
            ("ttl-ms", block.TimeToLive is { } left ? (long)left.TotalMilliseconds : -1),
            ("holders", (long)known.Holders),
            ("served", known.IsServed ? "yes" : "no"),
        ]);
        if (known.Parent is not { } parent)
            return;
        fields.Add(("parent", parent));
        fields.Add(("orphan", known.IsOrphan ? "yes" : "no"));
    }

    private static void AddAbsent(List<(string, object)> fields, KeyExplanation known)
    {
        fields.Add(("why", known.Why ?? ""));
        if (known.SecondsAgo is { } seconds)
            fields.Add(("ago-s", seconds));
        if (known.Was is { } was)
            fields.Add(("was", was));
        if (known.OtherFingerprint is { } fingerprint)
            fields.Add(("other-fingerprint", fingerprint));
        if (known.FormerOwner is not { } owner)
            return;
        fields.Add(("former-owner", owner));
        fields.Add(("former-owner-ago-s", known.FormerOwnerSecondsAgo));
    }
}
