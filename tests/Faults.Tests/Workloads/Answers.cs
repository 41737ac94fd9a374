using KvOrleans.Histories;

namespace KvOrleans.Faults.Tests.Workloads;

/// <summary>What a reply says about its operation.</summary>
internal static class Answers
{
    /// <summary>Refusals that promise that nothing has changed.</summary>
    private static readonly string[] NoEffect = ["TRYAGAIN", "NOTOWNER", "BUSY", "OOM"];

    /// <summary>A block is stored, and has no copy.</summary>
    private const string Stored = "NOREPLICAS";

    /// <summary>After which nobody knows.</summary>
    private const string Unknown = "UNKNOWN";

    /// <summary>What was heard; an error that is neither of the known ones is a failure of the test.</summary>
    public static Outcome Read(OperationKind kind, RespReply reply)
    {
        if (reply.IsError)
            return OfError(reply.Text!.Split(' ')[0]) ?? throw new InvalidDataException($"{kind} was answered '{reply.Text}'.");
        return kind switch
        {
            OperationKind.Get when reply.IsNull => Outcome.Absent,
            OperationKind.Get when reply.Elements is { } block => Outcome.Found(block[2].Text!, block[0].Text),
            OperationKind.Get => Outcome.Found(reply.Text!),
            OperationKind.Delete => reply.Text == "0" ? Outcome.Absent : Outcome.Done(),
            _ when reply.Elements is { } decided => OfDecision(decided[0].Text!, decided[1].Text!),
            _ => reply.IsNull ? Outcome.Conflict() : Outcome.Done(),
        };
    }

    private static Outcome? OfError(string word) =>
        NoEffect.Contains(word) ? Outcome.NoEffect
        : word == Stored ? Outcome.Done()
        : word == Unknown ? Outcome.Unknown
        : null;

    private static Outcome OfDecision(string outcome, string version) => outcome switch
    {
        "accepted" => Outcome.Done(version),
        "conflict" => version == "-" ? Outcome.Absent : Outcome.Conflict(version),
        _ => throw new InvalidDataException($"A register answered '{outcome}'."),
    };
}
