using System.Text.RegularExpressions;
using KvOrleans.Architecture.Tests.Code;

namespace KvOrleans.Architecture.Tests.Dependencies;

public partial class DependencyTests
{
    [Fact]
    public void Projects_OfTheProduct_AreThoseOfTheArrows() =>
        Assert.Equal(Arrows.Allowed.Keys.Order(), Repository.Product.Select(project => project.Name).Order());

    [Fact]
    public void ProjectReferences_OfTheProduct_FollowTheArrows() => Rule.Holds(
        "Dependencies point one way.",
        from project in Repository.Product
        from reference in project.References.Except(Arrows.Allowed[project.Name])
        select $"{project.Path} references {reference}");

    [Fact]
    public void BuildOrderReferences_OfTheProduct_AreThoseAllowed() => Rule.Holds(
        "A project is built before another only where the arrows say so.",
        from project in Repository.Product
        from reference in project.BuildOrderReferences.Except(Arrows.BuildOrder.GetValueOrDefault(project.Name, []))
        select $"{project.Path} waits for {reference}");

    [Fact]
    public void Assemblies_OfTheProduct_FollowTheArrows()
    {
        var names = Repository.Product.ToDictionary(project => project.AssemblyName, project => project.Name);
        Rule.Holds(
            "Dependencies point one way, also in what was compiled.",
            from project in Repository.Product
            from reference in project.AssemblyReferences()
            where names.ContainsKey(reference) && !Arrows.Allowed[project.Name].Contains(names[reference])
            select $"{project.AssemblyName}.dll uses {reference}.dll");
    }

    [Theory]
    [InlineData("Storage", "Orleans.Core")]
    [InlineData("Storage", "Orleans.Runtime")]
    [InlineData("Storage", "Microsoft.AspNetCore.")]
    [InlineData("Wire", "Orleans.")]
    [InlineData("Contracts", "Orleans.Runtime")]
    [InlineData("Client", "Orleans.Runtime")]
    [InlineData("Client", "Microsoft.AspNetCore.")]
    public void Assembly_OfTheProduct_KnowsNothingOf(string name, string unknown) => Rule.Holds(
        $"{name} knows nothing of {unknown}*.",
        from project in Repository.Product
        where project.Name == name
        from reference in project.AssemblyReferences()
        where reference.StartsWith(unknown, StringComparison.Ordinal)
        select $"{project.AssemblyName}.dll uses {reference}.dll");

    // Orleans' generator puts its serialization assemblies into whatever sees Contracts, so the sources are asked too.
    [Fact]
    public void Storage_KnowsNothingOfOrleans() => Rule.Holds(
        "Storage's code uses no type of Orleans.",
        from file in Repository.Sources
        where file.Project is { Area: "src", Name: "Storage" } && OrleansName().IsMatch(file.Text)
        select file.Path);

    [Fact]
    public void NuGetConfig_NamesNoSource() => Rule.Holds(
        "Packages come from where the machine says.",
        from file in Directory.EnumerateFiles(Repository.Root, "*", new EnumerationOptions { MatchCasing = MatchCasing.CaseInsensitive })
        where Path.GetFileName(file).Equals("nuget.config", StringComparison.OrdinalIgnoreCase)
        where File.ReadAllText(file).Contains("packageSource", StringComparison.OrdinalIgnoreCase)
        select Repository.Relative(file));

    [GeneratedRegex(@"\bOrleans[.;]")]
    private static partial Regex OrleansName();
}
