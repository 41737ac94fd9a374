namespace KvOrleans.Storage.Volumes;

/// <summary>A folder on a disk that is this process's and this silo's alone, as long as it is not disposed of. It holds no blocks yet.</summary>
public sealed class Volume : IDisposable
{
    /// <summary>The name of the file that says whose the volume is.</summary>
    public const string IdentityName = "kvorleans-volume.json";

    // EROFS, on Linux and macOS.
    private const int ReadOnly = 30;

    private readonly VolumeLock _lock;

    private Volume(string path, VolumeIdentity identity, VolumeLock @lock) => (Path, Identity, _lock) = (path, identity, @lock);

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>What it says of itself.</summary>
    public VolumeIdentity Identity { get; }

    /// <summary>Locks a folder, and reads whose it is; one that says nothing is <paramref name="owner"/>'s from now on.</summary>
    /// <param name="path">The folder, which is there. It is not made: where a volume is not mounted, an empty folder would be taken for it.</param>
    /// <param name="owner">Whose it must be.</param>
    /// <param name="time">The time of day, for a new identity.</param>
    /// <exception cref="VolumeException">It is not there, another's, in use, cannot be written, or cannot be understood.</exception>
    public static Volume Open(string path, VolumeOwner owner, TimeProvider time)
    {
        if (!Directory.Exists(path))
        {
            throw new VolumeException(File.Exists(path)
                ? $"The volume '{path}' is a file: name a directory."
                : $"The volume '{path}' is not there, or may not be looked at: mount it there, or make the directory. It is not made by the silo, which would take it for a volume that is not mounted.");
        }

        try
        {
            var @lock = VolumeLock.Take(path);
            try
            {
                return new(path, IdentityOf(path, owner, time), @lock);
            }
            catch
            {
                @lock.Dispose();
                throw;
            }
        }
        catch (UnauthorizedAccessException error)
        {
            throw new VolumeException(
                $"The volume '{path}' may not be written by this process (user '{Environment.UserName}'): {error.Message} Give it the right; on Kubernetes the pod's fsGroup does.", error);
        }
        catch (IOException error)
        {
            throw new VolumeException(
                error.HResult == ReadOnly ? $"The volume '{path}' is mounted read-only: mount it for writing." : $"The volume '{path}' cannot be used: {error.Message}", error);
        }
    }

    /// <summary>Lets others have it.</summary>
    public void Dispose() => _lock.Dispose();

    private static VolumeIdentity IdentityOf(string path, VolumeOwner owner, TimeProvider time)
    {
        var file = System.IO.Path.Combine(path, IdentityName);
        if (Find(file) is not { } found)
        {
            var made = new VolumeIdentity(owner, time.GetUtcNow());
            DurableFile.Write(file, made.ToBytes());
            return made;
        }

        return found.Owner == owner ? found : throw new VolumeException(
            $"The volume '{path}' belongs to {found.Owner}, and this is {owner}: give this silo its own volume. If nobody needs what is on it any more, remove what is in the directory; a cache computes it again.");
    }

    /// <summary>Null only when the file is surely not there: one that cannot be read may be another's.</summary>
    private static VolumeIdentity? Find(string file)
    {
        try
        {
            using var stream = File.OpenRead(file);
            var bytes = new byte[VolumeIdentity.LargestFile + 1];
            var length = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            return length <= VolumeIdentity.LargestFile ? VolumeIdentity.Read(bytes[..length]) : throw new FormatException($"it has {stream.Length} bytes");
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        catch (NotSupportedException error)
        {
            throw new VolumeException($"'{file}' is of a later KvOrleans: {error.Message}. Run that one, or remove what is in the directory; a cache computes it again.", error);
        }
        catch (FormatException error)
        {
            throw new VolumeException(
                $"'{file}' does not say whose the volume is: {error.Message}. If the volume is this silo's, remove what is in the directory; a cache computes it again.", error);
        }
    }
}
