namespace KvOrleans.Cli.Tests.Fakes;

/// <summary>Finds what lies in and beside the repository.</summary>
internal static class RepositoryRoot
{
    /// <summary>The folder of the solution, from where the tests run upwards.</summary>
    public static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "KvOrleans.sln")))
                return folder.FullName;
        }

        throw new DirectoryNotFoundException($"No KvOrleans.sln in any folder above {AppContext.BaseDirectory}: run the tests from a build inside the repository.");
    }

    /// <summary>The path of a recorded trace in the folder <c>shared/traces</c> beside the repository; the test fails when it is not there.</summary>
    public static string Trace(string fileName)
    {
        var path = Path.GetFullPath(Path.Combine(Find(), "..", "shared", "traces", fileName));
        Assert.True(
            File.Exists(path),
            $"The trace {path} is missing. The recorded traces are not part of the repository: lay the project's folder 'shared', with 'traces' in it, beside the repository's own folder.");
        return path;
    }
}
