using System.Text.RegularExpressions;

namespace KvOrleans.Architecture.Tests.Code;

/// <summary>A C# file. Types are found by their place: under a file-scoped namespace a top-level type begins its line.</summary>
internal sealed partial class SourceFile(Project project, string path)
{
    public Project Project => project;

    public string Path { get; } = Repository.Relative(path);

    public string Text { get; } = File.ReadAllText(path);

    public string Name => System.IO.Path.GetFileNameWithoutExtension(path);

    public int Lines => Text.AsSpan().TrimEnd('\n').Count('\n') + 1;

    /// <summary>The namespace that its folder asks for.</summary>
    public string FolderNamespace
    {
        get
        {
            var folder = System.IO.Path.GetRelativePath(project.Folder, System.IO.Path.GetDirectoryName(path)!);
            return folder == "." ? project.RootNamespace : $"{project.RootNamespace}.{folder.Replace('\\', '/').Replace('/', '.')}";
        }
    }

    public IReadOnlyList<string> Namespaces => [.. NamespaceLine().Matches(Text).Select(match => match.Groups[1].Value)];

    /// <summary>The names of its top-level types, but those that only this file sees.</summary>
    public IReadOnlyList<string> Types =>
        [.. TypeLine().Matches(Text).Where(match => !match.Value.Contains("file ")).Select(match => match.Groups["name"].Value).Distinct()];

    [GeneratedRegex(@"^namespace\s+([\w.]+)", RegexOptions.Multiline)]
    private static partial Regex NamespaceLine();

    [GeneratedRegex(
        @"^(?:(?:public|internal|file|static|sealed|abstract|partial|readonly|ref|unsafe)\s+)*(?:class|struct|interface|enum|record(?:\s+(?:class|struct))?|delegate\s+[\w<>?,.\[\] ]+?)\s+(?<name>\w+)",
        RegexOptions.Multiline)]
    private static partial Regex TypeLine();
}
