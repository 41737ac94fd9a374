using KvOrleans.Client.Status;

namespace KvOrleans.Cli.Settings;

/// <summary>Lays the options of silos side by side.</summary>
internal static class OptionComparison
{
    /// <summary>A row for each option that any of them has, in the order of the first that has it.</summary>
    public static IReadOnlyList<OptionRow> Of(IReadOnlyList<SiloOptionsReport> silos)
    {
        var reached = silos.Where(silo => silo.Reached).ToList();
        return [.. from name in reached.SelectMany(silo => silo.Options).Select(option => option.Name).Distinct()
                   let known = reached.Select(silo => (silo.Silo.Name, Option: silo.Options.FirstOrDefault(option => option.Name == name))).ToList()
                   let one = known.First(silo => silo.Option is not null).Option!
                   select new OptionRow(name, one.IsSecret, one.IsOwn, Values(known))];
    }

    private static List<OptionValue> Values(List<(string Name, OptionReport? Option)> silos) =>
        [.. from silo in silos
            group silo by (silo.Option?.Value, IsDefault: silo.Option?.IsDefault ?? false) into same
            orderby same.Count() descending
            select new OptionValue(same.Key.Value, same.Key.IsDefault, [.. same.Select(silo => silo.Name)])];
}
