namespace KvOrleans.Faults.Tests.Plans;

/// <summary>What goes wrong in a run, and when: a function of the seed.</summary>
internal sealed record FaultPlan(int Seed, IReadOnlyList<Fault> Faults)
{
    private const int MostJoins = 1;

    // So many are long for certain: of who stays away for long others get what it owned, use it, and give it back.
    private const double LongOnes = 0.4;

    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(0.2);

    /// <summary>From here on a fault is longer than every timeout that decides what becomes of it, when as long a one may occur.</summary>
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(7);

    public static FaultPlan Create(int seed, FaultSettings settings, bool canCut)
    {
        var silos = settings.Silos;
        var random = new Random(seed);
        var kinds = Enum.GetValues<FaultKind>().Where(kind => IsPossible(kind, silos, canCut) && (settings.Kinds.Count == 0 || settings.Kinds.Contains(kind))).ToArray();
        var faults = new List<Fault>();
        for (var count = random.Next(1, settings.Faults + 1); count > 0 && kinds.Length > 0; count--)
        {
            var kind = kinds[random.Next(kinds.Length)];
            var silo = random.Next(silos);
            faults.Add(new(
                kind, settings.Begin * random.NextDouble(), Lasts(random, settings.LongestPause),
                silo, silos > 1 ? (silo + random.Next(1, silos)) % silos : silo, random.Next(3) == 0));
            if (faults.Count(fault => fault.Kind == FaultKind.Join) == MostJoins)
                kinds = [.. kinds.Where(other => other != FaultKind.Join)];
        }

        return new(seed, [.. faults.OrderBy(fault => fault.At)]);
    }

    private static bool IsPossible(FaultKind kind, int silos, bool canCut) => kind switch
    {
        FaultKind.Join => silos > 1, // one silo alone owns every key; with the first that joins that is another test
        FaultKind.CutPair or FaultKind.CutFromSilos => canCut && silos > 1,
        FaultKind.CutFromRedis or FaultKind.Isolate or FaultKind.CutFromClients => canCut,
        _ => true,
    };

    /// <summary>Of the others short ones are as likely as long ones: what matters is on which side of the timeouts they are.</summary>
    private static TimeSpan Lasts(Random random, TimeSpan longest)
    {
        var shortest = random.NextDouble() >= LongOnes ? ShortestPause : longest * 0.6 < Long ? longest * 0.6 : Long;
        return shortest * Math.Pow(longest / shortest, random.NextDouble());
    }
}
