namespace KvOrleans.Client.Connections;

/// <summary>What a silo's error reply means to the client.</summary>
internal enum SiloErrorKind
{
    /// <summary>The request cannot be served as it is.</summary>
    Refused,

    /// <summary>Everything in the silo's memory is leased or in use.</summary>
    OutOfSpace,

    /// <summary>The silo has too much under way.</summary>
    Busy,

    /// <summary>The silo may not act on the key now; nothing has changed.</summary>
    TryAgain,

    /// <summary>The write took effect, but no second silo has the block.</summary>
    NotReplicated,

    /// <summary>The change may have taken effect and may have not.</summary>
    Unknown,

    /// <summary>The silo does not own the key in its current map.</summary>
    Moved,
}
