using KvOrleans.Client.Reading;
using KvOrleans.Client.Writing;

namespace KvOrleans.Client.Metrics;

/// <summary>The outcomes as metric tags.</summary>
internal static class OutcomeNames
{
    public static string Of(BlockReadOutcome outcome) => outcome switch
    {
        BlockReadOutcome.Hit => "hit",
        BlockReadOutcome.Miss => "miss",
        BlockReadOutcome.DestinationTooSmall => "destination_too_small",
        BlockReadOutcome.Corrupt => "corrupt",
        BlockReadOutcome.DeadlineExceeded => "deadline_exceeded",
        _ => "unavailable",
    };

    public static string Of(BlockWriteOutcome outcome) => outcome switch
    {
        BlockWriteOutcome.Accepted => "accepted",
        BlockWriteOutcome.AlreadyPresent => "already_present",
        BlockWriteOutcome.Conflict => "conflict",
        BlockWriteOutcome.OutOfSpace => "out_of_space",
        BlockWriteOutcome.Busy => "busy",
        BlockWriteOutcome.Rejected => "rejected",
        BlockWriteOutcome.DeadlineExceeded => "deadline_exceeded",
        BlockWriteOutcome.NotReplicated => "not_replicated",
        BlockWriteOutcome.TryAgain => "try_again",
        BlockWriteOutcome.Unknown => "unknown",
        _ => "unavailable",
    };
}
