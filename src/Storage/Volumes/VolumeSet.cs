namespace KvOrleans.Storage.Volumes;

/// <summary>All the volumes of a silo: all of them are its own, or none is opened.</summary>
public sealed class VolumeSet : IDisposable
{
    private readonly List<Volume> _volumes = [];

    private VolumeSet()
    {
    }

    /// <summary>The volumes, in the order in which they were named.</summary>
    public IReadOnlyList<Volume> Volumes => _volumes;

    /// <summary>Opens all of them.</summary>
    /// <exception cref="VolumeException">One cannot be used; none is held then.</exception>
    public static VolumeSet Open(IEnumerable<string> paths, VolumeOwner owner, TimeProvider time)
    {
        var set = new VolumeSet();
        try
        {
            foreach (var path in paths)
                set._volumes.Add(Volume.Open(path, owner, time));
            return set;
        }
        catch
        {
            set.Dispose();
            throw;
        }
    }

    /// <summary>Lets others have them.</summary>
    public void Dispose() => _volumes.ForEach(volume => volume.Dispose());
}
