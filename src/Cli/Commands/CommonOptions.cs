using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Net;
using KvOrleans.Cli.Connections;
using KvOrleans.Cli.Sizes;

namespace KvOrleans.Cli.Commands;

/// <summary>Makes the options that several commands have, each with its own parser and error text.</summary>
internal static class CommonOptions
{
    public static Option<bool> Json() => new("--json")
    {
        Description = "Print one JSON object on standard output and nothing else there; progress and messages go to standard error.",
    };

    public static Option<IReadOnlyList<IPEndPoint>?> Connect(string description) => new("--connect")
    {
        Description = description,
        HelpName = "host:port[,host:port]",
        CustomParser = result => Parse<IReadOnlyList<IPEndPoint>?>(result, GatewayList.Parse),
    };

    public static Option<int> Count(string name, string description, int defaultValue, int least, int most) => new(name)
    {
        Description = description,
        HelpName = "N",
        DefaultValueFactory = _ => defaultValue,
        CustomParser = result => Parse(result, text => Whole(text, least, most)),
    };

    public static Option<int?> OptionalCount(string name, string description, int least, int most) => new(name)
    {
        Description = description,
        HelpName = "N",
        CustomParser = result => Parse<int?>(result, text => Whole(text, least, most)),
    };

    public static Option<long?> Bytes(string name, string description, long least, long most) => new(name)
    {
        Description = description,
        HelpName = "bytes",
        CustomParser = result => Parse<long?>(result, text => Size(text, least, most)),
    };

    /// <summary>An option that may be given several times.</summary>
    public static Option<IReadOnlyList<T>> Several<T>(string name, string helpName, string description, Func<string, T> parse) => new(name)
    {
        Description = description,
        HelpName = helpName,
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = false,
        CustomParser = result =>
        {
            var values = new List<T>();
            foreach (var token in result.Tokens)
            {
                try
                {
                    values.Add(parse(token.Value));
                }
                catch (FormatException error)
                {
                    result.AddError($"{name}: {error.Message}.");
                }
            }

            return values;
        },
    };

    public static Option<double?> PositiveNumber(string name, string helpName, string description) => new(name)
    {
        Description = description,
        HelpName = helpName,
        CustomParser = result => Parse<double?>(result, Positive),
    };

    public static Option<double?> NotNegativeNumber(string name, string helpName, string description) => new(name)
    {
        Description = description,
        HelpName = helpName,
        CustomParser = result => Parse<double?>(result, static text => text == "0" ? 0 : Positive(text)),
    };

    private static T? Parse<T>(ArgumentResult result, Func<string, T> parse)
    {
        try
        {
            return parse(result.Tokens.Single().Value);
        }
        catch (FormatException error)
        {
            result.AddError($"{Name(result)}: {error.Message}.");
            return default;
        }
    }

    private static string Name(ArgumentResult result) =>
        result.Parent is OptionResult option ? option.Option.Name : result.Argument.Name;

    private static int Whole(string text, int least, int most) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most
            ? value
            : throw new FormatException($"'{text}' is not a whole number from {least} to {(most == int.MaxValue ? "2 billion" : most)}");

    private static long Size(string text, long least, long most)
    {
        if (!ByteSize.TryParse(text, out var bytes))
            throw new FormatException($"'{text}' is not a size; expected {ByteSize.Examples}");
        return bytes >= least && bytes <= most
            ? bytes
            : throw new FormatException($"{text} is not within {ByteSize.Format(least)} and {ByteSize.Format(most)}");
    }

    private static double? Positive(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value) && value > 0
            ? value
            : throw new FormatException($"'{text}' is not a number above 0");
}
