using KvOrleans.Client.Status;

namespace KvOrleans.Cli.Replay;

/// <summary>What the silos hold, added up over those that answered.</summary>
/// <param name="Silos">How many answered.</param>
/// <param name="ArenaBytes">Memory they may use for blocks.</param>
/// <param name="HeldBytes">Of it, what is taken.</param>
/// <param name="PayloadBytes">Of that, the blocks' own bytes.</param>
/// <param name="ResidentBytes">What their processes take of the machine's memory.</param>
/// <param name="Blocks">Blocks held.</param>
/// <param name="Evictions">Blocks that had to go since the silos started.</param>
internal sealed record SiloUse(int Silos, long ArenaBytes, long HeldBytes, long PayloadBytes, long ResidentBytes, long Blocks, long Evictions)
{
    /// <summary>Adds up <paramref name="reports"/>; null when no silo answered.</summary>
    public static SiloUse? Of(IReadOnlyList<SiloReport> reports)
    {
        var reached = reports.Where(report => report.Reached).ToList();
        if (reached.Count == 0)
            return null;

        var arena = Sum("arena_bytes");
        return new(reached.Count, arena, arena - Sum("arena_free_bytes"), Sum("payload_bytes"), Sum("resident_bytes"), Sum("blocks"), Sum("evictions"));

        long Sum(string name) => reached.Sum(report => report.Number(name) ?? 0);
    }
}
