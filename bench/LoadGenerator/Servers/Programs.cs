namespace KvOrleans.LoadGenerator.Servers;

/// <summary>Finds programs on the machine and files of the repository.</summary>
internal static class Programs
{
    private const string SolutionFile = "KvOrleans.sln";

    /// <summary>The program that runs managed assemblies.</summary>
    public static string Dotnet => Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } path ? path : "dotnet";

    /// <summary>What to do when <paramref name="program"/> is not on the PATH; null when it is.</summary>
    public static string? WhatIsMissing(string program, string package) =>
        IsOnPath(program) ? null : $"{program} is not installed: apt-get install {package}";

    /// <summary>The root of the repository that this program was built from.</summary>
    /// <exception cref="ServerException">The program was moved out of it.</exception>
    public static string Repository()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, SolutionFile)))
                return folder.FullName;
        }

        throw new ServerException($"No {SolutionFile} in or above {AppContext.BaseDirectory}.");
    }

    private static bool IsOnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Any(folder => File.Exists(Path.Combine(folder, program)));
}
