namespace KvOrleans.Storage.Volumes;

/// <summary>Whose a volume is.</summary>
/// <param name="ClusterId">The cluster's id.</param>
/// <param name="ServiceId">The service's id.</param>
/// <param name="SiloName">The silo's stable name.</param>
public sealed record VolumeOwner(string ClusterId, string ServiceId, string SiloName)
{
    /// <summary>As people are told of it.</summary>
    public override string ToString() => $"the silo '{SiloName}' of the cluster '{ClusterId}' (service '{ServiceId}')";
}
