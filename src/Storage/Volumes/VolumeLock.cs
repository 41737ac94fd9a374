using System.ComponentModel;
using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace KvOrleans.Storage.Volumes;

/// <summary>Keeps a folder for this process: the kernel's lock on a file in it, which ends with the process however it ends.</summary>
/// <remarks>A second file says who has it. It is read by those only who do not get the lock, so what it says after a crash misleads nobody for longer than a moment.</remarks>
internal sealed partial class VolumeLock : IDisposable
{
    /// <summary>The name of the file that is locked.</summary>
    public const string FileName = "kvorleans-volume.lock";

    /// <summary>The name of the file that says who has the lock.</summary>
    public const string HolderName = "kvorleans-volume.holder";

    private const int LockExclusiveWithoutWaiting = 2 | 4;
    private const int LongestHolder = 512;

    // What .NET makes of EWOULDBLOCK when a file is locked: 11 on Linux, 35 on macOS; the last is Windows' sharing violation.
    private static readonly int[] Taken = [11, 35, unchecked((int)0x80070020)];

    // ENOSPC and EDQUOT on Linux, EDQUOT on macOS.
    private static readonly int[] Full = [28, 122, 69];

    private readonly SafeFileHandle _file;
    private readonly string _holder;

    private VolumeLock(SafeFileHandle file, string holder) => (_file, _holder) = (file, holder);

    /// <summary>Takes the lock on <paramref name="folder"/>.</summary>
    /// <exception cref="VolumeException">Another has it, or nobody can.</exception>
    public static VolumeLock Take(string folder)
    {
        var holder = Path.Combine(folder, HolderName);
        SafeFileHandle file;
        try
        {
            file = File.OpenHandle(Path.Combine(folder, FileName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException error) when (Taken.Contains(error.HResult))
        {
            throw InUse(folder, holder, error);
        }

        try
        {
            // .NET passes by a file system without locks in silence.
            if (!OperatingSystem.IsWindows() && Flock(file, LockExclusiveWithoutWaiting) != 0)
            {
                var code = Marshal.GetLastPInvokeError();
                throw Taken.Contains(code) ? InUse(folder, holder, null)
                    : new VolumeException($"The volume '{folder}' cannot be locked ({new Win32Exception(code).Message}): use one whose file system has locks.");
            }

            Sign(holder);
            return new(file, holder);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        try
        {
            File.Delete(_holder);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // It says who had it last.
        }

        _file.Dispose();
    }

    /// <summary>Whoever may write the volume may write this, and who may not is told now. A volume that is full is none the worse for it.</summary>
    private static void Sign(string holder)
    {
        try
        {
            File.WriteAllText(holder, string.Create(CultureInfo.InvariantCulture, $"process {Environment.ProcessId} on {Environment.MachineName}"));
        }
        catch (IOException error) when (Full.Contains(error.HResult))
        {
        }
    }

    private static VolumeException InUse(string folder, string holder, Exception? cause) => new(
        $"The volume '{folder}' is in use by {WhoIn(holder)}: give each silo a volume of its own, and name each once.", cause);

    private static string WhoIn(string holder)
    {
        try
        {
            using var file = File.OpenText(holder);
            var text = new char[LongestHolder];
            return file.ReadBlock(text) is var length and > 0 ? new(text, 0, length) : "another process";
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return "another process";
        }
    }

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static partial int Flock(SafeFileHandle file, int operation);
}
