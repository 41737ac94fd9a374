namespace KvOrleans.Silo.Tests.Hosting;

/// <summary>The tests that share one silo.</summary>
[CollectionDefinition(Name)]
public sealed class PlainSiloCollection : ICollectionFixture<PlainSilo>
{
    /// <summary>The collection's name.</summary>
    public const string Name = "One plain silo";
}
