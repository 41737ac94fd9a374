using System.Reflection;

namespace KvOrleans.Packages.Tests.Feeds;

/// <summary>A folder with the packages as they would be published, and nothing else to get packages from but what is on this machine already.</summary>
public sealed class FeedFixture : IAsyncLifetime
{
    private static readonly string[] Projects = ["Contracts", "Wire", "Client", "Cli"];

    private readonly string _root = Directory.CreateTempSubdirectory("kvorleans-feed-").FullName;

    /// <summary>A folder for whatever a test makes; its NuGet settings know the feed alone.</summary>
    public string Folder => _root;

    /// <summary>Where packages of the feed are laid out.</summary>
    public string Packages => Path.Combine(_root, "packages");

    /// <summary>The packages.</summary>
    public string Feed => Path.Combine(_root, "feed");

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        var known = Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } set
            ? set
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        var configuration = typeof(FeedFixture).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "Configuration").Value!;
        foreach (var project in Projects)
            await Dotnet.RunAsync(Root(), known, "pack", Path.Combine("src", project), "--no-build", "-c", configuration, "-o", Feed);
        await File.WriteAllTextAsync(Path.Combine(_root, "NuGet.config"), $"""
            <configuration>
              <packageSources><clear /><add key="feed" value="{Feed}" /></packageSources>
              <fallbackPackageFolders><clear /><add key="known" value="{known}" /></fallbackPackageFolders>
            </configuration>
            """);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        Directory.Delete(_root, recursive: true);
        return ValueTask.CompletedTask;
    }

    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "KvOrleans.sln")))
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException($"No folder above {AppContext.BaseDirectory} holds KvOrleans.sln.");
        return folder;
    }
}
