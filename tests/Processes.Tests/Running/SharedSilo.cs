namespace KvOrleans.Processes.Tests.Running;

/// <summary>The tests that use one silo, each with keys of its own.</summary>
[CollectionDefinition(Name)]
public sealed class SharedSilo : ICollectionFixture<SiloFixture>
{
    /// <summary>The collection's name.</summary>
    public const string Name = "One silo, many clients";
}
