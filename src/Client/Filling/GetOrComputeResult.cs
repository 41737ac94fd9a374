namespace KvOrleans.Client.Filling;

/// <summary>Where the blocks of a chain came from.</summary>
/// <param name="Cached">How many leading blocks came from the cache.</param>
/// <param name="Computed">How many were computed: the rest.</param>
/// <param name="Written">How many of those are in the cache now; what is not is a later miss.</param>
/// <param name="Waited">Whether the call waited for what another computed.</param>
public readonly record struct GetOrComputeResult(int Cached, int Computed, int Written, bool Waited);
