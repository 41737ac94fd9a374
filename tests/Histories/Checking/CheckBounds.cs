namespace KvOrleans.Histories.Checking;

/// <summary>What the check of one register may cost.</summary>
/// <param name="Configurations">The most configurations remembered; each costs some 40 bytes.</param>
/// <param name="Time">The longest that the search may take.</param>
internal sealed record CheckBounds(int Configurations, TimeSpan Time)
{
    public static CheckBounds Default { get; } = new(2_000_000, TimeSpan.FromSeconds(30));
}
