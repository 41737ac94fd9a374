using System.Text.RegularExpressions;
using KvOrleans.Silo.Configuration;
using KvOrleans.Silo.Tests.Hosting;
using Microsoft.Extensions.Configuration;

namespace KvOrleans.Silo.Tests.Configuration;

public sealed partial class OptionCatalogTests
{
    private const string Hidden = "127.0.0.1:1,password=never-to-be-seen";

    [Fact]
    public void Of_Defaults_AreAllDefaults()
    {
        var options = OptionCatalog.Of(Load());

        Assert.All(options, option => Assert.True(option.IsDefault, $"{option.Name} is '{option.Value}', its default '{option.Default}'"));
        Assert.Equal(options.Count, options.Select(option => option.Name).Distinct().Count());
    }

    [Theory]
    [InlineData("SiloPort", "7000", "7000", "11111")]
    [InlineData("Copies:Share", "0.3", "0.3", "0.15")]
    [InlineData("Copies:Maximum", "3", "3", "")]
    [InlineData("Http:Console", "false", "false", "true")]
    [InlineData("Drain:Grace", "00:01:00", "00:01:00", "00:00:25")]
    [InlineData("Repair:BytesPerSecond", "2097152", "2MiB", "512MiB")]
    [InlineData("WriteOnce:Shapes:0", "^a$", "^a$", "")]
    [InlineData("ListenAddress", "0.0.0.0", "0.0.0.0", "127.0.0.1")]
    public void Of_AnOptionThatWasSaid_IsItsValueBesideItsDefault(string name, string said, string value, string standard)
    {
        var changed = OptionCatalog.Of(Load((name, said))).Where(option => !option.IsDefault).ToList();

        var option = Assert.Single(changed);
        Assert.Equal((name.Replace(":0", "", StringComparison.Ordinal), value, standard), (option.Name, option.Value, option.Default));
    }

    [Fact]
    public void Of_AnAddressThatWasSaid_IsTheDefaultOfWhatFollowsFromIt() =>
        Assert.Equal(["AdvertisedAddress"], OptionCatalog.Of(Load(("AdvertisedAddress", "127.0.0.2"))).Where(option => !option.IsDefault).Select(option => option.Name));

    [Fact]
    public void Of_AValueThatIsLong_IsCut() =>
        Assert.Equal(1_001, OptionCatalog.Of(Load(("WriteOnce:Shapes:0", new string('a', 5_000)))).Single(option => option.Name == "WriteOnce:Shapes").Value.Length);

    [Fact]
    public void Secrets_AreAllThatMayHoldAPassword() => Assert.Equal(
        OptionCatalog.Of(new()).Where(option => SecretName().IsMatch(option.Name)).Select(option => option.Name),
        OptionCatalog.Of(new()).Where(option => option.IsSecret).Select(option => option.Name));

    public static TheoryData<string> Secrets() => [.. OptionCatalog.Of(new()).Where(option => option.IsSecret).Select(option => option.Name)];

    [Theory]
    [MemberData(nameof(Secrets))]
    public async Task Options_OfASecret_SayWhetherItIsSetAndNeverWhatItIs(string name)
    {
        var options = Load((name, Hidden));
        var state = OptionCatalog.Of(options).Single(option => option.Name == name);
        Assert.Equal(("set", "not set", true), (state.Value, state.Default, state.IsSecret));
        Assert.Equal("not set", OptionCatalog.Of(Load()).Single(option => option.Name == name).Value);

        await using var silo = await SiloUnderTest.StartAsync((name, Hidden));
        using var probe = silo.Connect();
        probe.Ask("AUTH", Hidden);
        var told = probe.Ask("KV.OPTIONS");
        Assert.Contains($"${name.Length}\r\n{name}\r\n$5\r\nvalue\r\n$3\r\nset\r\n", told, StringComparison.Ordinal);
        Assert.DoesNotContain("never-to-be-seen", told, StringComparison.Ordinal);
        Assert.DoesNotContain("password=", told, StringComparison.Ordinal);
    }

    [Fact]
    public void Documentation_NamesEveryOptionAndNoOther()
    {
        var page = File.ReadAllText(Path.Combine(Root(), "docs", "configuration.md"));
        var rows = page.Split('\n').SkipWhile(line => !line.StartsWith("| option (under", StringComparison.Ordinal)).Skip(2).TakeWhile(line => line.StartsWith('|'));
        var documented = rows.SelectMany(row => Name().Matches(row.Split('|')[1]).Select(name => name.Groups[1].Value.Replace(":0", "", StringComparison.Ordinal)));

        Assert.Equal(OptionCatalog.Of(new()).Select(option => option.Name).Order(StringComparer.Ordinal), documented.Order(StringComparer.Ordinal));
    }

    private static KvOrleansOptions Load(params (string Name, string Value)[] said) => ConfigurationLoader.Load(
        new ConfigurationBuilder().AddInMemoryCollection(said.Select(one => KeyValuePair.Create($"KvOrleans:{one.Name}", (string?)one.Value))).Build());

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "KvOrleans.sln")))
            folder = folder.Parent!;
        return folder.FullName;
    }

    [GeneratedRegex("Password|Secret|Token|Redis|ConnectionString|Key$")]
    private static partial Regex SecretName();

    [GeneratedRegex("`([A-Z][A-Za-z:0-9]*)`")]
    private static partial Regex Name();
}
