namespace KvOrleans.Architecture.Tests.Code;

/// <summary>A rule fails with the list of what breaks it.</summary>
internal static class Rule
{
    public static void Holds(string rule, IEnumerable<string> offenders)
    {
        string[] found = [.. offenders];
        if (found.Length > 0)
            Assert.Fail($"{rule} Broken by:\n  {string.Join("\n  ", found)}");
    }
}
