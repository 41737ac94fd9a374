using System.Text.RegularExpressions;
using KvOrleans.Architecture.Tests.Code;

namespace KvOrleans.Architecture.Tests.Files;

public partial class FileTests
{
    private const int MostLines = 400;

    private static readonly string[] Nameless = ["Utils", "Util", "Utilities", "Helpers", "Helper", "Managers", "Common", "Misc", "Shared"];

    [Fact]
    public void Folders_AreDomainConcepts() => Rule.Holds(
        $"No folder or namespace is called {string.Join(", ", Nameless)}.",
        from file in Repository.Sources
        where file.Path.Split('/').Concat(file.Namespaces.SelectMany(name => name.Split('.'))).Intersect(Nameless).Any()
        select file.Path);

    [Fact]
    public void Namespaces_FollowFolders() => Rule.Holds(
        "A file with a type has one namespace, that of its folder.",
        from file in Repository.Sources
        where file.Types.Count > 0 && !file.Namespaces.SequenceEqual([file.FolderNamespace])
        select $"{file.Path}: {string.Join(", ", file.Namespaces)} should be {file.FolderNamespace}");

    [Fact]
    public void Namespaces_AreFileScoped() => Rule.Holds(
        "Namespaces are file-scoped.",
        Repository.Sources.Where(file => BlockNamespace().IsMatch(file.Text)).Select(file => file.Path));

    [Fact]
    public void Files_HoldOneType() => Rule.Holds(
        "A file holds one top-level type.",
        from file in Repository.Sources
        where file.Types.Count > 1
        select $"{file.Path}: {string.Join(", ", file.Types)}");

    [Fact]
    public void Files_AreNamedAfterTheirType() => Rule.Holds(
        "A file is named after its type; a part of a type adds what the part is, as X.Log.cs.",
        from file in Repository.Sources
        where file.Types.Count == 1 && file.Name != file.Types[0] && !file.Name.StartsWith($"{file.Types[0]}.", StringComparison.Ordinal)
        select $"{file.Path}: {file.Types[0]}");

    [Fact]
    public void Files_AreShort() => Rule.Holds(
        $"A file has at most {MostLines} lines; a longer one is usually two ideas.",
        from file in Repository.Sources
        where file.Lines > MostLines
        select $"{file.Path}: {file.Lines} lines");

    [Fact]
    public void Code_IsFinished() => Offend("No work is left for later in the code.", Repository.Sources, Unfinished());

    [Fact]
    public void Tests_AllRun() => Offend("No test is switched off.", Tests, SwitchedOff());

    [Fact]
    public void Tests_WaitForEventsNotForTime() => Offend("Tests wait for events, not for time.", Tests, Sleeping());

    private static IEnumerable<SourceFile> Tests => Repository.Sources.Where(file => file.Project.Area == "tests");

    private static void Offend(string rule, IEnumerable<SourceFile> files, Regex pattern) => Rule.Holds(
        rule,
        from file in files
        from match in pattern.Matches(file.Text)
        select $"{file.Path}:{file.Text.AsSpan(0, match.Index).Count('\n') + 1}: {match.Value}");

    [GeneratedRegex(@"^namespace\s+[\w.]+\s*\{", RegexOptions.Multiline)]
    private static partial Regex BlockNamespace();

    // The patterns are written so that they do not match themselves.
    [GeneratedRegex(@"\b(TO[D]O|FIX[M]E|HA[C]K|XX[X]|NotImplemented[E]xception)\b")]
    private static partial Regex Unfinished();

    [GeneratedRegex(@"\bSkip(Unless|When|Type)?\s[=]\s")]
    private static partial Regex SwitchedOff();

    [GeneratedRegex(@"\b(Thread\.[S]leep|Task\.[D]elay|SpinWait\.[S]pinUntil)\b")]
    private static partial Regex Sleeping();
}
