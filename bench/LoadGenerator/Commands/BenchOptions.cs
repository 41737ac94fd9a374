using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using KvOrleans.LoadGenerator.Payloads;

namespace KvOrleans.LoadGenerator.Commands;

/// <summary>The shapes of this program's options: lists are written with commas, sizes with units.</summary>
internal static class BenchOptions
{
    private const int LongestPayload = 256 << 20;

    public static Option<int[]> Sizes() => new("--sizes")
    {
        Description = "Payload sizes, such as 4KiB,2MiB.",
        DefaultValueFactory = static _ => [4 << 10, 64 << 10, 512 << 10, 2 << 20, 8 << 20],
        CustomParser = static result => Parse<int[]>(result, static text => [.. Split(text).Select(static part => (int)InRange(ByteSize.Parse(part), 1, LongestPayload))]),
    };

    public static Option<long> Size(string name, string description, string defaultValue) => new(name)
    {
        Description = description,
        DefaultValueFactory = _ => ByteSize.Parse(defaultValue),
        CustomParser = static result => Parse(result, ByteSize.Parse),
    };

    public static Option<int> Number(string name, string description, int defaultValue, int least, int most) => new(name)
    {
        Description = description,
        DefaultValueFactory = _ => defaultValue,
        CustomParser = result => Parse(result, text => (int)InRange(ParseNumber(text), least, most)),
    };

    public static Option<int[]> Numbers(string name, string description, int most, params int[] defaults) => new(name)
    {
        Description = description,
        DefaultValueFactory = _ => defaults,
        CustomParser = result => Parse<int[]>(result, text => [.. Split(text).Select(part => (int)InRange(ParseNumber(part), 1, most))]),
    };

    public static Option<string[]> Names(string name, string description, IReadOnlyList<string> accepted, IReadOnlyList<string> defaults) => new(name)
    {
        Description = $"{description} Any of {string.Join(',', accepted)}.",
        DefaultValueFactory = _ => [.. defaults],
        CustomParser = result => Parse<string[]>(result, text => [.. Split(text).Select(part => OneOf(part, accepted))]),
    };

    public static Option<FileInfo?> Json() => new("--json") { Description = "Write the results to this file, for machines." };

    private static string[] Split(string text) => text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static long ParseNumber(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw new FormatException($"'{text}' is no number.");

    private static long InRange(long number, long least, long most) =>
        number >= least && number <= most ? number : throw new FormatException($"{number} is not from {least} to {most}.");

    private static string OneOf(string text, IReadOnlyList<string> accepted) =>
        accepted.Contains(text) ? text : throw new FormatException($"'{text}' is none of {string.Join(", ", accepted)}.");

    private static T? Parse<T>(ArgumentResult result, Func<string, T> parse)
    {
        try
        {
            return parse(string.Join(',', result.Tokens.Select(static token => token.Value)));
        }
        catch (FormatException error)
        {
            result.AddError(error.Message);
            return default;
        }
    }
}
