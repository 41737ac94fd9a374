namespace KvOrleans.Client.Writing;

/// <summary>How a write ended. An inference node may ignore everything: an unwritten block is a later miss.</summary>
public enum BlockWriteOutcome
{
    /// <summary>No silo could be reached: nothing was written. Also what <c>default</c> says.</summary>
    Unavailable,

    /// <summary>Accepted and visible.</summary>
    Accepted,

    /// <summary>The same bytes of a write-once block were there already.</summary>
    AlreadyPresent,

    /// <summary>The condition does not hold, or a write-once block is there with other bytes.</summary>
    Conflict,

    /// <summary>Everything in the silo's memory is leased or in use.</summary>
    OutOfSpace,

    /// <summary>The silo has too much under way.</summary>
    Busy,

    /// <summary>The silo refused the request; the client's log says why.</summary>
    Rejected,

    /// <summary>The deadline passed: the write may or may not have happened.</summary>
    DeadlineExceeded,

    /// <summary>The block is stored, but <see cref="BlockWriteOptions.Concern"/> asked for a second silo and none could be had.</summary>
    NotReplicated,

    /// <summary>Nothing was written, for the key's silo may not decide just now. Try again.</summary>
    TryAgain,

    /// <summary>The connection broke after the write was sent, or the silo does not know: it may or may not have happened.</summary>
    Unknown,
}
