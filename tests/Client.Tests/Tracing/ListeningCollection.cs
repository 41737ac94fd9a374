namespace KvOrleans.Client.Tests.Tracing;

/// <summary>The tests that listen to activities: while somebody does, every client of the process asks its silos about traces, so nothing else runs beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ListeningCollection
{
    /// <summary>The collection's name.</summary>
    public const string Name = "Listening";
}
