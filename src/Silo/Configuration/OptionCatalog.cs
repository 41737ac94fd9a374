using System.Collections;
using System.Globalization;
using System.Reflection;

namespace KvOrleans.Silo.Configuration;

/// <summary>Lists all options as they are in force. Of secrets nothing but whether they are set leaves this class.</summary>
internal static class OptionCatalog
{
    private const string Set = "set";
    private const string NotSet = "not set";
    private const int LongestValue = 1_000;

    /// <summary>Every option, in the order in which they are declared.</summary>
    public static IReadOnlyList<OptionState> Of(KvOrleansOptions options) => [.. Of("", options, ConfigurationLoader.DefaultsBeside(options))];

    private static IEnumerable<OptionState> Of(string prefix, object section, object defaults) =>
        from property in section.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance).OrderBy(one => one.MetadataToken)
        let name = prefix + property.Name
        from state in IsSection(property)
            ? Of($"{name}:", property.GetValue(section)!, property.GetValue(defaults)!)
            : [StateOf(name, property, property.GetValue(section), property.GetValue(defaults))]
        select state;

    private static bool IsSection(PropertyInfo property) => property.PropertyType is { IsClass: true } type && type.Namespace == typeof(OptionCatalog).Namespace;

    private static OptionState StateOf(string name, PropertyInfo property, object? value, object? standard)
    {
        var isSecret = property.IsDefined(typeof(SecretOptionAttribute));
        Func<object?, string> show = isSecret ? static value => Text(value).Length > 0 ? Set : NotSet : Shown;
        return new(name, show(value), show(standard), isSecret, property.IsDefined(typeof(OwnOptionAttribute)));
    }

    private static string Shown(object? value) => Text(value) is { Length: > LongestValue } text ? $"{text[..LongestValue]}…" : Text(value);

    private static string Text(object? value) => value switch
    {
        null => "",
        string text => text,
        bool flag => flag ? "true" : "false",
        IEnumerable list => string.Join(", ", list.Cast<object>().Select(Text)),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };
}
