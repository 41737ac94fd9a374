namespace KvOrleans.Processes.Tests.Running;

/// <summary>Tests that keep all processors busy, or whose calls must not wait for processors that others keep busy: one at a time.</summary>
[CollectionDefinition(Name)]
public sealed class HeavyLoad
{
    /// <summary>The collection's name.</summary>
    public const string Name = "Heavy load";
}
