namespace KvOrleans.Silo.Tests.Hosting;

/// <summary>The tests that measure this process: nothing else runs beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class MeasuredCollection
{
    /// <summary>The collection's name.</summary>
    public const string Name = "Measured";
}
