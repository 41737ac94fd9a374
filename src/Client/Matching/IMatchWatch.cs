namespace KvOrleans.Client.Matching;

/// <summary>Is told how a match's question fares while it waits.</summary>
internal interface IMatchWatch
{
    /// <summary>Nothing has arrived for <paramref name="silence"/>. Must not block.</summary>
    /// <returns>True when the connection is to be ended.</returns>
    bool Silent(TimeSpan silence);

    /// <summary>The reply begins, after <paramref name="silence"/>.</summary>
    void Heard(TimeSpan silence);
}
