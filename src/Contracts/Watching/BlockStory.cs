using KvOrleans.Contracts.Blocks;

namespace KvOrleans.Contracts.Watching;

/// <summary>What all silos together know of a block: where it is, or why it most likely is nowhere.</summary>
/// <param name="Key">The block.</param>
/// <param name="Owner">The silo that owns the key, as silos say; empty when none said it.</param>
/// <param name="Places">Who holds it, the owner first.</param>
/// <param name="Losses">How it left those who had it, the latest first.</param>
/// <param name="Why">Why it is nowhere, in a sentence; null when it is somewhere.</param>
public sealed record BlockStory(BlockKey Key, string Owner, IReadOnlyList<BlockPlace> Places, IReadOnlyList<BlockLoss> Losses, string? Why)
{
    private const string NeverSeen = "never-seen";
    private const string OtherFingerprint = "other-fingerprint";
    private const string NotLookedFor = "?";

    /// <summary>Silos that began within this of each other began together.</summary>
    private const long Together = 60;

    /// <summary>Puts together what silos say of a key.</summary>
    public static BlockStory Of(BlockKey key, IReadOnlyList<SiloTestimony> silos)
    {
        ArgumentNullException.ThrowIfNull(silos);
        var known = silos.Where(silo => silo.IsGiven).ToList();
        var owner = known.Select(one => one.Text("owner")).FirstOrDefault(name => name is { Length: > 0 }) ?? "";
        var places = known.Where(one => one.Text("state") == "present").Select(PlaceOf)
            .OrderBy(place => place.Role == "owner" ? 0 : 1).ThenBy(place => place.Silo, StringComparer.Ordinal).ToList();
        var losses = known.Where(one => one.Text("why") is { } why && why != NeverSeen).Select(LossOf)
            .OrderBy(loss => loss.SecondsAgo).ThenBy(loss => loss.Was == "copy" ? 1 : 0).ToList();
        var others = known.Where(one => one.Text(OtherFingerprint) is { Length: > 0 } text && text != NotLookedFor)
            .Select(one => $"{one.Text(OtherFingerprint)} on {one.Silo}").ToList();
        var why = places.Count > 0 ? null
            : others.Count == 0 ? WhyNowhere(owner, losses, silos)
            : losses.Count == 0 ? $"there under another fingerprint: {string.Join(", ", others)}"
            : $"{Tell(losses[0])}; there under another fingerprint: {string.Join(", ", others)}";
        return new(key, owner, places, losses, why);
    }

    private static BlockPlace PlaceOf(SiloTestimony report) => new(
        report.Silo,
        report.Text("role") switch
        {
            "copy" => "copy",
            "extra" => "extra copy",
            _ => report.Text("owner") == report.Silo ? "owner" : "last copy",
        },
        report.Text("version"), report.Number("length"), report.Number("uses"), report.Number("leases"),
        report.Number("ttl-ms") is >= 0 and var left ? left : null,
        report.Text("served") != "no", report.Text("tier"), report.Text("parent"), report.Text("orphan") == "yes", report.Number("bytes-per-second"));

    private static BlockLoss LossOf(SiloTestimony report) =>
        new(report.Silo, report.Text("why") ?? "", report.Number("ago-s") ?? 0, report.Text("was"));

    /// <summary>The latest loss of all silos tells most: since then the block was nowhere.</summary>
    private static string WhyNowhere(string owner, List<BlockLoss> losses, IReadOnlyList<SiloTestimony> silos)
    {
        if (losses.Count > 0)
            return Tell(losses[0]);
        var silent = silos.Where(silo => !silo.IsGiven).Select(silo => silo.Silo).ToList();
        if (silent.Count > 0)
            return $"not known: {string.Join(", ", silent)} {(silent.Count == 1 ? "does" : "do")} not answer";

        // The silo that has been there for the longest has seen the most maps.
        var former = silos.Where(silo => silo.Text("former-owner") is not null).MaxBy(silo => silo.Number("remembers-s"));
        if (former is { } report)
        {
            var name = report.Text("former-owner");
            return $"never written, or lost with {name}: it owned the key until {Span(report.Number("former-owner-ago-s") ?? 0)} ago, and that life of it is gone";
        }

        var memories = silos.Select(silo => (Name: silo.Silo, Seconds: silo.Number("remembers-s") ?? 0)).ToList();
        var reach = memories.Where(memory => memory.Name == owner).Select(memory => memory.Seconds).DefaultIfEmpty(0).Max();
        return memories.Any(memory => memory.Seconds > reach + Together)
            ? $"never written, or lost with what {owner} held: its memory begins {Span(reach)} ago, later than others'"
            : $"never written, as far as silos remember: for {Span(reach)}{Unsought(silos)}";
    }

    private static string Unsought(IReadOnlyList<SiloTestimony> silos) =>
        silos.Any(silo => silo.Text(OtherFingerprint) == NotLookedFor) ? "; not looked for everywhere under other fingerprints" : "";

    private static string Tell(BlockLoss loss)
    {
        var ago = $"{Span(loss.SecondsAgo)} ago";
        return loss.Why switch
        {
            "evicted" => $"evicted {ago} from {loss.Silo}{(loss.Was == "copy" ? ", which had a copy" : "")}",
            "moved" => $"moved to its new owner and gone there; evicted {ago} from {loss.Silo}, which owned it before",
            "expired" => $"expired {ago} on {loss.Silo}",
            "removed" => $"deleted {ago}",
            "invalidated" => $"invalidated {ago}",
            "register-lost" => $"register lost {ago}: its key left {loss.Silo}, or that life of it was over",
            "cooled" => $"let go {ago} by {loss.Silo}, which had an extra copy while the block was hot",
            "distrusted" => $"dropped {ago}: {loss.Silo} had been away and could not know what was deleted meanwhile",
            var other => $"{other} {ago} on {loss.Silo}",
        };
    }

    private static string Span(long seconds) => seconds switch
    {
        < 120 => $"{seconds} s",
        < 7_200 => $"{seconds / 60} min",
        < 172_800 => $"{seconds / 3_600} h",
        _ => $"{seconds / 86_400} d",
    };
}
