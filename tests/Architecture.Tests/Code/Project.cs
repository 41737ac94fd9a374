using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Xml.Linq;

namespace KvOrleans.Architecture.Tests.Code;

/// <summary>A project as its file and its built assembly tell of it.</summary>
internal sealed class Project(string path)
{
    private readonly XDocument _file = XDocument.Load(path);

    public string Path { get; } = Repository.Relative(path);

    public string Name { get; } = System.IO.Path.GetFileNameWithoutExtension(path);

    public string Folder { get; } = System.IO.Path.GetDirectoryName(path)!;

    /// <summary>The repository's folder that it is in: src, tests or bench.</summary>
    public string Area => Path[..Path.IndexOf('/')];

    public string RootNamespace => Property("RootNamespace") ?? $"KvOrleans.{Name}";

    public string AssemblyName => Property("AssemblyName") ?? $"KvOrleans.{Name}";

    public IEnumerable<SourceFile> Sources => Repository.FilesUnder(Folder, "*.cs").Select(file => new SourceFile(this, file));

    /// <summary>The projects that it may use the types of; one that is only built before it is not among them.</summary>
    public IEnumerable<string> References => ProjectReferences(buildOrderOnly: false);

    /// <summary>The projects that are built before it and that it cannot use.</summary>
    public IEnumerable<string> BuildOrderReferences => ProjectReferences(buildOrderOnly: true);

    /// <summary>The assemblies that the built one names, from the same configuration as these tests.</summary>
    public IReadOnlyList<string> AssemblyReferences()
    {
        var output = System.IO.Path.GetRelativePath(System.IO.Path.Combine(Repository.Root, "tests", "Architecture.Tests"), AppContext.BaseDirectory);
        using var file = new PEReader(File.OpenRead(System.IO.Path.Combine(Folder, output, $"{AssemblyName}.dll")));
        var metadata = file.GetMetadataReader();
        return [.. metadata.AssemblyReferences.Select(handle => metadata.GetString(metadata.GetAssemblyReference(handle).Name))];
    }

    private string? Property(string name) => _file.Descendants(name).FirstOrDefault()?.Value;

    private IEnumerable<string> ProjectReferences(bool buildOrderOnly) =>
        from reference in _file.Descendants("ProjectReference")
        let flag = reference.Attribute("ReferenceOutputAssembly")?.Value ?? reference.Element("ReferenceOutputAssembly")?.Value
        where "false".Equals(flag, StringComparison.OrdinalIgnoreCase) == buildOrderOnly
        select System.IO.Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/'));
}
