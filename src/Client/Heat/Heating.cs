using KvOrleans.Client.News;

namespace KvOrleans.Client.Heat;

/// <summary>What the hot lists of all silos have in common.</summary>
/// <param name="Clock">What is fresh and what is not, over suspensions too.</param>
/// <param name="Former">What silos named that have left the map.</param>
/// <param name="IsEnabled">Whether silos are asked for their lists.</param>
internal sealed record Heating(TimeProvider Clock, FormerHolders Former, bool IsEnabled)
{
    /// <summary>Is called when a list has changed or is not known any more.</summary>
    public Action ListsChanged { get; init; } = static () => { };

    /// <summary>With this clock.</summary>
    public static Heating Of(TimeProvider clock, bool isEnabled = true) => new(clock, new(clock), isEnabled);
}
