namespace KvOrleans.Architecture.Tests.Code;

/// <summary>The repository that these tests were built from.</summary>
internal static class Repository
{
    private static readonly string[] Built = ["bin", "obj", "artifacts", "TestResults", "BenchmarkDotNet.Artifacts"];

    public static string Root { get; } = FindRoot();

    public static IReadOnlyList<Project> Projects { get; } =
        [.. Find("*.csproj").Select(path => new Project(path)).OrderBy(project => project.Path, StringComparer.Ordinal)];

    public static IReadOnlyList<SourceFile> Sources { get; } = [.. Projects.SelectMany(project => project.Sources)];

    public static IEnumerable<Project> Product => Projects.Where(project => project.Area == "src");

    public static string Relative(string path) => Path.GetRelativePath(Root, path).Replace('\\', '/');

    /// <summary>The files under a folder of the repository that a person wrote.</summary>
    public static IEnumerable<string> FilesUnder(string folder, string pattern) =>
        Directory.EnumerateFiles(folder, pattern)
            .Concat(Directory.EnumerateDirectories(folder)
                .Where(inner => !Built.Contains(Path.GetFileName(inner)) && !Path.GetFileName(inner).StartsWith('.'))
                .SelectMany(inner => FilesUnder(inner, pattern)));

    private static IEnumerable<string> Find(string pattern) =>
        new[] { "src", "tests", "bench" }.Select(area => Path.Combine(Root, area)).Where(Directory.Exists).SelectMany(area => FilesUnder(area, pattern));

    private static string FindRoot()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "KvOrleans.sln")))
                return folder;
        }

        throw new InvalidOperationException($"No folder above {AppContext.BaseDirectory} holds KvOrleans.sln.");
    }
}
