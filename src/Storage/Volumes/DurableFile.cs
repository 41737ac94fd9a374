using System.ComponentModel;
using System.Runtime.InteropServices;

namespace KvOrleans.Storage.Volumes;

/// <summary>Writes a small file so that after a crash, of the machine too, it is there whole, or is as it was.</summary>
internal static partial class DurableFile
{
    private const string Unfinished = ".tmp";

    /// <summary>Writes it beside its place, has that on the disk, moves it, and has the folder on the disk.</summary>
    public static void Write(string path, ReadOnlySpan<byte> bytes)
    {
        using (var file = new FileStream(path + Unfinished, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            file.Write(bytes);
            file.Flush(flushToDisk: true);
        }

        File.Move(path + Unfinished, path, overwrite: true);
        FlushFolder(Path.GetDirectoryName(path)!);
    }

    /// <summary>A name in a folder is on the disk when the folder is. .NET opens no folders.</summary>
    private static void FlushFolder(string path)
    {
        if (OperatingSystem.IsWindows())
            return;
        var folder = Open(path, 0);
        if (folder < 0)
            throw new IOException($"{path} cannot be opened: {new Win32Exception(Marshal.GetLastPInvokeError()).Message}");
        try
        {
            if (Fsync(folder) != 0)
                throw new IOException($"{path} cannot be written to the disk: {new Win32Exception(Marshal.GetLastPInvokeError()).Message}");
        }
        finally
        {
            _ = Close(folder);
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Fsync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
