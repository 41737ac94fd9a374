namespace KvOrleans.Client.Connections;

/// <summary>Is told how long a connection has been silent, for as long as its call lasts.</summary>
internal interface IConnectionWatch
{
    /// <summary>Nothing has arrived for <paramref name="silence"/>. Must not block.</summary>
    void Silent(TimeSpan silence);
}
