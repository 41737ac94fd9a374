namespace KvOrleans.Silo.Tests.Hosting;

/// <summary>The tests that share two silos.</summary>
[CollectionDefinition(Name)]
public sealed class TwoSilosCollection : ICollectionFixture<TwoSilos>
{
    /// <summary>The collection's name.</summary>
    public const string Name = "Two silos";
}
