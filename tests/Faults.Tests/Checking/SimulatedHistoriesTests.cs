using CsCheck;
using KvOrleans.Histories;
using KvOrleans.Histories.Checking;

namespace KvOrleans.Faults.Tests.Checking;

public class SimulatedHistoriesTests
{
    private static readonly Gen<(int Seed, int Clients, double Losses, double Unknowns)> Shapes =
        Gen.Select(Gen.Int[0, int.MaxValue], Gen.Int[2, 12], Gen.Double[0, 0.1], Gen.Double[0, 0.2]);

    [Fact]
    public void HistoriesOfARealRegister_Hold() => Shapes.Sample(shape =>
    {
        var verdict = LinearizabilityChecker.CheckRegister(Run(shape, 400));
        Assert.True(verdict.Kind == VerdictKind.Holds, verdict.Explanation);
    }, iter: 200);

    [Fact]
    public void HistoriesOfARealRegister_WithAReadOfWhatWasOverwrittenBefore_AreViolated() => CorruptReads((history, read) =>
        history.Where(write => IsCertainWrite(write) && history.Any(later => IsCertainWrite(later) && later.Invoked > write.Returned && later.Returned < read.Invoked))
            .Select(write => write.Argument!).LastOrDefault());

    [Fact]
    public void HistoriesOfARealRegister_WithAReadOfWhatNobodyWrote_AreViolated() => CorruptReads((_, _) => "ghost");

    [Fact]
    public void HistoriesOfARealRegister_WithAReadOfWhatIsWrittenLater_AreViolated() => CorruptReads((history, read) =>
        history.Where(write => write.Argument is not null && write.Invoked > read.Returned).Select(write => write.Argument!).FirstOrDefault());

    [Fact]
    public void SmallHistories_RightOrWrong_AreJudgedAsByTryingEveryOrder()
    {
        var (right, wrong) = (0, 0);
        Gen.Select(Gen.Int[0, int.MaxValue], Gen.Int[2, 4], Gen.Double[0, 0.2], Gen.Double[0, 0.3], Gen.Int[0, 2]).Sample(shape =>
        {
            var (seed, clients, losses, unknowns, corruptions) = shape;
            var history = Run((seed, clients, losses, unknowns), 7).ToArray();
            for (var at = 0; at < corruptions; at++)
                Corrupt(history, new Random(seed + at));
            var expected = EveryOrder.Explains(history);
            var verdict = LinearizabilityChecker.CheckRegister(history).Kind;

            // A version that was never seen with its value tells the checker less than it tells who knows the register's inside.
            if (expected || AllVersionsAreKnown(history))
                Assert.Equal(expected ? VerdictKind.Holds : VerdictKind.Violated, verdict);
            Interlocked.Increment(ref expected ? ref right : ref wrong);
        }, iter: 5_000);

        Assert.True(right > 500 && wrong > 500, $"{right} right, {wrong} wrong");
    }

    [Fact]
    public void LongHistories_OfManyClientsWithManyUnknownWrites_AreCheckedInTime()
    {
        var history = new SimulatedRegister(1, 40, 0.01, 0.1).Run(4000);

        Assert.Equal(VerdictKind.Holds, LinearizabilityChecker.CheckRegister(history, new(200_000, TimeSpan.FromSeconds(20))).Kind);
    }

    private static IReadOnlyList<Operation> Run((int Seed, int Clients, double Losses, double Unknowns) shape, int operations) =>
        new SimulatedRegister(shape.Seed, shape.Clients, shape.Losses, shape.Unknowns).Run(operations);

    /// <summary>Replaces the value of one read by one that it cannot have seen.</summary>
    private static void CorruptReads(Func<IReadOnlyList<Operation>, Operation, string?> wrongValue)
    {
        var corrupted = 0;
        Shapes.Sample(shape =>
        {
            var history = Run(shape, 100).ToArray();
            var reads = Enumerable.Range(0, history.Length).Where(at => history[at].Outcome.Kind == OutcomeKind.Value).ToArray();
            if (reads.Length == 0)
                return;
            var read = reads[shape.Seed % reads.Length];
            if (wrongValue(history, history[read]) is not { } value)
                return;
            history[read] = history[read] with { Outcome = Outcome.Found(value) };

            Assert.Equal(VerdictKind.Violated, LinearizabilityChecker.CheckRegister(history).Kind);
            Interlocked.Increment(ref corrupted);
        }, iter: 200);

        Assert.True(corrupted > 100, $"Only {corrupted} were corrupted.");
    }

    private static void Corrupt(Operation[] history, Random random)
    {
        var at = random.Next(history.Length);
        var value = history.Select(operation => operation.Argument).OfType<string>().ElementAtOrDefault(random.Next(4));
        history[at] = history[at] with { Outcome = Answer(history[at], value, random) };
    }

    /// <summary>An answer that the operation could have got some day.</summary>
    private static Outcome Answer(Operation operation, string? value, Random random) => operation.Kind switch
    {
        _ when random.Next(8) == 0 => Outcome.Unknown,
        OperationKind.Get => value is null ? Outcome.Absent : Outcome.Found(value, SimulatedRegister.VersionOf(value)),
        OperationKind.Delete => random.Next(2) == 0 ? Outcome.Done() : Outcome.Absent,
        OperationKind.SetIfAbsent when value is not null => Outcome.Conflict(SimulatedRegister.VersionOf(value)),
        OperationKind.SetExactly when value is not null => Outcome.Conflict(SimulatedRegister.VersionOf(value)),
        OperationKind.SetExactly when random.Next(2) == 0 => Outcome.Absent,
        _ => Outcome.Done(SimulatedRegister.VersionOf(operation.Argument!)),
    };

    private static bool IsCertainWrite(Operation operation) => operation.IsWrite && operation.Outcome.Kind == OutcomeKind.Done;

    private static bool AllVersionsAreKnown(Operation[] history)
    {
        var known = history.Where(operation => operation.Outcome.Kind is OutcomeKind.Value or OutcomeKind.Done).Select(operation => operation.Outcome.Version).ToHashSet();
        return history.SelectMany(operation => new[] { operation.Expected, operation.Outcome.Version }).OfType<string>().All(known.Contains);
    }
}
