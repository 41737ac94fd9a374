using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Text;
using KvOrleans.Storage.Volumes;

namespace KvOrleans.Storage.Tests.Volumes;

/// <summary>A volume is one silo's, and one process's at a time; whatever is wrong with it is said, and nothing of it is changed.</summary>
[UnsupportedOSPlatform("windows")]
public sealed partial class VolumeTests : IDisposable
{
    private const string Whole = """
        {
          "format": "kvorleans-volume",
          "version": 1,
          "clusterId": "c",
          "serviceId": "s",
          "siloName": "one",
          "createdAt": "2026-01-02T03:04:05+00:00"
        }
        """;

    private static readonly VolumeOwner Owner = new("c", "s", "one");

    private readonly string _folder = Directory.CreateTempSubdirectory("kvorleans-volume-").FullName;

    private string IdentityFile => Path.Combine(_folder, Volume.IdentityName);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Open_OfAnEmptyFolder_WritesWhoseItIs()
    {
        using var volume = Open();

        Assert.Equal(Whole, File.ReadAllText(IdentityFile));
        Assert.Equal((Owner, new DayOfTest().GetUtcNow()), (volume.Identity.Owner, volume.Identity.CreatedAt));
        Assert.DoesNotContain(Directory.EnumerateFiles(_folder), file => file.EndsWith(".tmp", StringComparison.Ordinal));
    }

    [Fact]
    public void Open_Again_IsTheSameVolume()
    {
        File.WriteAllText(IdentityFile, Whole.Replace("03:04:05", "09:09:09", StringComparison.Ordinal));

        using (Open())
        {
            // It ends.
        }

        using var volume = Open();

        Assert.Equal(9, volume.Identity.CreatedAt.Hour);
        Assert.Equal(_folder, volume.Path);
    }

    [Fact]
    public void Open_WithAnUnfinishedFileOfACrash_BeginsAnew()
    {
        File.WriteAllText(IdentityFile + ".tmp", "{ \"format\": ");

        using var volume = Open();

        Assert.Equal(Whole, File.ReadAllText(IdentityFile));
    }

    [Theory]
    [InlineData("other", "s", "one")]
    [InlineData("c", "other", "one")]
    [InlineData("c", "s", "two")]
    public void Open_OfAnother_SaysWhoseItIsAndChangesNothing(string cluster, string service, string silo)
    {
        File.WriteAllText(IdentityFile, Whole);

        var error = Refuse(_folder, new(cluster, service, silo));

        Assert.StartsWith(
            $"The volume '{_folder}' belongs to the silo 'one' of the cluster 'c' (service 's'), and this is the silo '{silo}' of the cluster '{cluster}' (service '{service}'): give this silo its own volume.",
            error, StringComparison.Ordinal);
        Assert.Equal(Whole, File.ReadAllText(IdentityFile));
        using var mine = Open();
    }

    [Fact]
    public void Open_OfOneThatIsHeld_SaysByWhomUntilItIsNot()
    {
        using (Open())
            Assert.StartsWith($"The volume '{_folder}' is in use by process {Environment.ProcessId} on {Environment.MachineName}: ", Refuse(_folder), StringComparison.Ordinal);

        using var volume = Open();
    }

    [Fact]
    public void Open_OfOneThatIsHeldByNobodyKnows_SaysSo()
    {
        using var volume = Open();
        File.Delete(Path.Combine(_folder, VolumeLock.HolderName));

        Assert.StartsWith($"The volume '{_folder}' is in use by another process: ", Refuse(_folder), StringComparison.Ordinal);
    }

    [Fact]
    public void Open_BehindAProcessThatDidNotEndWell_Succeeds()
    {
        File.WriteAllText(Path.Combine(_folder, VolumeLock.HolderName), "process 1 on elsewhere");
        File.WriteAllText(Path.Combine(_folder, VolumeLock.FileName), "");

        using var volume = Open();

        Assert.Equal($"process {Environment.ProcessId} on {Environment.MachineName}", File.ReadAllText(Path.Combine(_folder, VolumeLock.HolderName)));
    }

    [Fact]
    public void Open_OfWhatIsNotThere_SaysSoAndMakesNothing()
    {
        var missing = Path.Combine(_folder, "missing");

        Assert.StartsWith($"The volume '{missing}' is not there, or may not be looked at: ", Refuse(missing), StringComparison.Ordinal);
        Assert.False(Directory.Exists(missing));
    }

    [Fact]
    public void Open_OfAFile_SaysSo()
    {
        var file = Path.Combine(_folder, "file");
        File.WriteAllText(file, "");

        Assert.Equal($"The volume '{file}' is a file: name a directory.", Refuse(file));
    }

    [Fact]
    public void Open_WithoutTheRightToWrite_SaysSo()
    {
        File.SetUnixFileMode(_folder, UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        Exception? refused = null;
        // Root may write anywhere: a thread of its own gives that up.
        var thread = new Thread(() =>
        {
            _ = SetFileSystemUser(65534);
            refused = Record.Exception(() => Volume.Open(_folder, Owner, new DayOfTest()).Dispose());
        });
        thread.Start();
        thread.Join();

        File.SetUnixFileMode(_folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var error = Assert.IsType<VolumeException>(refused).Message;
        Assert.StartsWith($"The volume '{_folder}' may not be written by this process (user '", error, StringComparison.Ordinal);
        Assert.Contains("fsGroup", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "it cannot be read")]
    [InlineData("{", "it cannot be read")]
    [InlineData("[]", "it cannot be read")]
    [InlineData("{}", "it cannot be read")]
    [InlineData("\0\0\0\0", "it cannot be read")]
    [InlineData("""{"format":"other","version":1}""", "its format is not 'kvorleans-volume'")]
    [InlineData("""{"format":"kvorleans-volume","version":"1"}""", "it cannot be read")]
    [InlineData("""{"format":"kvorleans-volume","version":0}""", "its version is 0")]
    [InlineData("""{"format":"kvorleans-volume","version":1,"clusterId":"c","serviceId":"s"}""", "it cannot be read")]
    [InlineData("""{"format":"kvorleans-volume","version":1,"clusterId":"","serviceId":"s","siloName":"one"}""", "its clusterId is empty")]
    [InlineData("""{"format":"kvorleans-volume","version":1,"clusterId":"c","serviceId":"s","siloName":"one","createdAt":"then"}""", "")]
    public void Open_WithAnIdentityThatIsNone_SaysSoAndChangesNothing(string text, string why)
    {
        File.WriteAllText(IdentityFile, text);

        Assert.StartsWith($"'{IdentityFile}' does not say whose the volume is: {why}", Refuse(_folder), StringComparison.Ordinal);
        Assert.Equal(text, File.ReadAllText(IdentityFile));
    }

    [Fact]
    public void Open_WithAnIdentityThatIsTooLarge_SaysSo()
    {
        File.WriteAllBytes(IdentityFile, new byte[VolumeIdentity.LargestFile + 1]);

        Assert.StartsWith($"'{IdentityFile}' does not say whose the volume is: it has 65537 bytes.", Refuse(_folder), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"format":"kvorleans-volume","version":2,"clusterId":"c","serviceId":"s","siloName":"one","createdAt":"2026-01-02T03:04:05+00:00"}""")]
    [InlineData("""{"format":"kvorleans-volume","version":2,"owner":"told otherwise"}""")]
    public void Open_OfALaterVersion_SaysSoAndChangesNothing(string text)
    {
        File.WriteAllText(IdentityFile, text);

        Assert.StartsWith(
            $"'{IdentityFile}' is of a later KvOrleans: its format has version 2, and this KvOrleans knows versions up to 1. ", Refuse(_folder), StringComparison.Ordinal);
        Assert.Equal(text, File.ReadAllText(IdentityFile));
    }

    [Fact]
    public void Write_ThatFails_LeavesWhatWasThere()
    {
        File.WriteAllText(IdentityFile, Whole);
        Directory.CreateDirectory(IdentityFile + ".tmp");

        Assert.ThrowsAny<Exception>(() => DurableFile.Write(IdentityFile, Encoding.UTF8.GetBytes("other")));

        Assert.Equal(Whole, File.ReadAllText(IdentityFile));
    }

    [Fact]
    public void OpenSet_WithOneThatCannotBeUsed_HoldsNone()
    {
        var missing = Path.Combine(_folder, "missing");

        Assert.Contains(missing, Assert.Throws<VolumeException>(() => VolumeSet.Open([_folder, missing], Owner, new DayOfTest())).Message, StringComparison.Ordinal);

        using var volume = Open();
    }

    [Fact]
    public void OpenSet_WithOneByTwoNames_SaysSo()
    {
        var link = $"{_folder}-link";
        Directory.CreateSymbolicLink(link, _folder);
        try
        {
            Assert.Contains("name each once", Assert.Throws<VolumeException>(() => VolumeSet.Open([_folder, link], Owner, new DayOfTest())).Message, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(link);
        }
    }

    private static string Refuse(string path, VolumeOwner? owner = null) =>
        Assert.Throws<VolumeException>(() => Volume.Open(path, owner ?? Owner, new DayOfTest())).Message;

    private Volume Open() => Volume.Open(_folder, Owner, new DayOfTest());

    [LibraryImport("libc", EntryPoint = "setfsuid")]
    private static partial int SetFileSystemUser(uint user);

    private sealed class DayOfTest : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    }
}
