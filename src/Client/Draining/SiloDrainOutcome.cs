namespace KvOrleans.Client.Draining;

/// <summary>How a drain ended, as far as is known.</summary>
public enum SiloDrainOutcome
{
    /// <summary>It began, and was not waited for; or its end was not heard of: the time was over, or the connection was lost.</summary>
    Begun,

    /// <summary>It came to its end.</summary>
    Drained,

    /// <summary>It was ended before: its time was over, or the silo got a signal.</summary>
    CutShort,

    /// <summary>The silo stops without: its <c>Drain:Grace</c> is 0, or it has no life to drain.</summary>
    NotDrained,
}
