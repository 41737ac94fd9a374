using KvOrleans.Client.Status;
using KvOrleans.Contracts.Blocks;

namespace KvOrleans.Cli.Explanations;

/// <summary>What all silos together know of a block: where it is, or why it most likely is nowhere.</summary>
/// <param name="Key">The block.</param>
/// <param name="Owner">The silo that owns the key, as silos say; empty when none said it.</param>
/// <param name="Places">Who holds it, the owner first.</param>
/// <param name="Losses">How it left those who had it, the latest first.</param>
/// <param name="Why">Why it is nowhere, in a sentence; null when it is somewhere.</param>
internal sealed record BlockStory(BlockKey Key, string Owner, IReadOnlyList<BlockPlace> Places, IReadOnlyList<BlockLoss> Losses, string? Why)
{
    private const string NeverSeen = "never-seen";
    private const string OtherFingerprint = "other-fingerprint";
    private const string NotLookedFor = "?";

    /// <summary>Silos that began within this of each other began together.</summary>
    private const long Together = 60;

    /// <summary>Puts together what silos say of the key at <paramref name="index"/> of those they were asked for.</summary>
    public static BlockStory Of(BlockKey key, int index, IReadOnlyList<SiloExplanation> silos)
    {
        var known = silos.Where(silo => silo.Reached).Select(silo => (silo.Silo.Name, Report: silo.Keys[index])).ToList();
        var owner = known.Select(one => one.Report.Text("owner")).FirstOrDefault(name => name is { Length: > 0 }) ?? "";
        var places = known.Where(one => one.Report.IsPresent).Select(one => PlaceOf(one.Name, one.Report))
            .OrderBy(place => place.Role == "owner" ? 0 : 1).ThenBy(place => place.Silo, StringComparer.Ordinal).ToList();
        var losses = known.Where(one => one.Report.Text("why") is { } why && why != NeverSeen).Select(one => LossOf(one.Name, one.Report))
            .OrderBy(loss => loss.SecondsAgo).ThenBy(loss => loss.Was == "copy" ? 1 : 0).ToList();
        var others = known.Where(one => one.Report.Text(OtherFingerprint) is { Length: > 0 } text && text != NotLookedFor)
            .Select(one => $"{one.Report.Text(OtherFingerprint)} on {one.Name}").ToList();
        var why = places.Count > 0 ? null
            : others.Count == 0 ? WhyNowhere(owner, losses, silos, index)
            : losses.Count == 0 ? $"there under another fingerprint: {string.Join(", ", others)}"
            : $"{Tell(losses[0])}; there under another fingerprint: {string.Join(", ", others)}";
        return new(key, owner, places, losses, why);
    }

    private static BlockPlace PlaceOf(string silo, KeyReport report) => new(
        silo,
        report.Text("role") switch
        {
            "copy" => "copy",
            "extra" => "extra copy",
            _ => report.Text("owner") == silo ? "owner" : "last copy",
        },
        report.Text("version"), report.Number("length"), report.Number("uses"), report.Number("leases"),
        report.Number("ttl-ms") is >= 0 and var left ? left : null,
        report.Text("served") != "no", report.Text("tier"), report.Text("parent"), report.Text("orphan") == "yes", report.Number("bytes-per-second"));

    private static BlockLoss LossOf(string silo, KeyReport report) =>
        new(silo, report.Text("why") ?? "", report.Number("ago-s") ?? 0, report.Text("was"));

    /// <summary>The latest loss of all silos tells most: since then the block was nowhere.</summary>
    private static string WhyNowhere(string owner, List<BlockLoss> losses, IReadOnlyList<SiloExplanation> silos, int index)
    {
        if (losses.Count > 0)
            return Tell(losses[0]);
        var silent = silos.Where(silo => !silo.Reached).Select(silo => silo.Silo.Name).ToList();
        if (silent.Count > 0)
            return $"not known: {string.Join(", ", silent)} {(silent.Count == 1 ? "does" : "do")} not answer";

        // The silo that has been there for the longest has seen the most maps.
        var former = silos.Where(silo => silo.Keys[index].Text("former-owner") is not null).MaxBy(silo => silo.Keys[index].Number("remembers-s"));
        if (former?.Keys[index] is { } report)
        {
            var name = report.Text("former-owner");
            return $"never written, or lost with {name}: it owned the key until {Span(report.Number("former-owner-ago-s") ?? 0)} ago, and that life of it is gone";
        }

        var memories = silos.Select(silo => (silo.Silo.Name, Seconds: silo.Keys[index].Number("remembers-s") ?? 0)).ToList();
        var reach = memories.Where(memory => memory.Name == owner).Select(memory => memory.Seconds).DefaultIfEmpty(0).Max();
        return memories.Any(memory => memory.Seconds > reach + Together)
            ? $"never written, or lost with what {owner} held: its memory begins {Span(reach)} ago, later than others'"
            : $"never written, as far as silos remember: for {Span(reach)}{Unsought(silos, index)}";
    }

    private static string Unsought(IReadOnlyList<SiloExplanation> silos, int index) =>
        silos.Any(silo => silo.Keys[index].Text(OtherFingerprint) == NotLookedFor) ? "; not looked for everywhere under other fingerprints" : "";

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
