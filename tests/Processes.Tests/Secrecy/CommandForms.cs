using System.Text.RegularExpressions;

namespace KvOrleans.Processes.Tests.Secrecy;

/// <summary>Ways to say every command of a silo's table, well and badly, with secrets wherever something can stand.</summary>
internal static partial class CommandForms
{
    /// <summary>The command behind which a silo takes no others: its right form is said last.</summary>
    public const string Last = "KV.DRAIN";

    private const int LargerThanAnyKey = 513;

    private static readonly string Hash = new('x', 30);

    /// <summary>How commands are rightly said; what stands before a bar goes before it on the same connection. K is a key, R another that is no block of a chain, V any other text, P the password.</summary>
    private static readonly Dictionary<string, string[]> Right = new(StringComparer.OrdinalIgnoreCase)
    {
        ["GET"] = ["SET K V|GET K", "GET R"],
        ["SET"] = ["SET K V", "SET R V PX 60000", "SET K V NX"],
        ["MGET"] = ["MGET K R"],
        ["EXPIRE"] = ["EXPIRE K 1000"],
        ["HELLO"] = ["HELLO 3 AUTH default P SETNAME V"],
        ["AUTH"] = ["AUTH P", "AUTH default P"],
        ["SELECT"] = ["SELECT 0"],
        ["CLIENT"] = ["CLIENT SETNAME V|CLIENT LIST", "CLIENT INFO", "CLIENT SETINFO LIB-NAME V"],
        ["CONFIG"] = ["CONFIG GET V"],
        ["COMMAND"] = ["COMMAND", "COMMAND INFO V"],
        ["KV.SET"] = ["KV.SET K ANY 0 - V", "KV.SET K ABSENT 60000 - REPLICATED PARENT R V", "KV.SET K ABSENT 0 - PARENT K V"],
        ["KV.GET"] = ["KV.GET K", "KV.GET R"],
        ["KV.MATCH"] = ["KV.MATCH 1000 K R"],
        ["KV.RELEASE"] = ["KV.MATCH 1000 K|KV.RELEASE 1"],
        ["KV.EXTEND"] = ["KV.MATCH 1000 K|KV.EXTEND 1 2000"],
        ["KV.DIGEST"] = ["KV.DIGEST 0000000000000000 0 0"],
        ["KV.FILL"] = ["KV.FILL 1000 K"],
        ["KV.HOT"] = ["KV.HOT 0", "KV.HOT 0 K 1000"],
        ["KV.TRACE"] = ["KV.TRACE"],
        ["KV.PEER"] = ["KV.PEER b", "KV.PEER V"],
        ["KV.PULL"] = ["KV.PEER b|KV.PULL K"],
    };

    /// <summary>What is no command at all.</summary>
    public static readonly string[] Broken =
    [
        $"GET {Secrets.Key}\r\n", $"{Secrets.Key} {Secrets.Value}\r\n", $"*2\r\n$3\r\nGET\r\n$99999999999\r\n{Secrets.Key}", $"*1\r\n+{Secrets.Key}\r\n", $"*z{Secrets.Key}\r\n",
        $"*3\r\n$3\r\nSET\r\n$8\r\n{Secrets.Key}\r\n$17000000\r\n{Secrets.Value}", $"GET /{Secrets.Key} HTTP/1.1\r\nHost: {Secrets.Value}\r\n\r\n", $"\x16\x03\x01{Secrets.Key}\r\n",
    ];

    /// <summary>The commands that a silo has, from its answer to <c>COMMAND</c>.</summary>
    public static (string Name, int Arity, int FirstKey, int LastKey)[] TableOf(string answer) =>
    [
        .. Entry().Matches(answer).Select(entry => (
            entry.Groups[1].Value.ToUpperInvariant(), int.Parse(entry.Groups[2].Value), int.Parse(entry.Groups[3].Value), int.Parse(entry.Groups[4].Value))),
    ];

    /// <summary>Commands, one behind the other, of which the last is the one that is meant.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="arity">How many arguments it takes.</param>
    /// <param name="firstKey">Where its keys begin; 0: it has none.</param>
    /// <param name="lastKey">Where they end; negative: at the end.</param>
    public static IEnumerable<string[][]> Of(string name, int arity, int firstKey, int lastKey)
    {
        foreach (var form in Right.GetValueOrDefault(name) ?? [])
        {
            for (var nth = 0; nth < 4; nth++)
                yield return [.. form.Split('|').Select(command => command.Split(' ').Select(word => Fill(word, nth)).ToArray())];
        }

        // Keys where keys belong and text elsewhere; for a command whose right way is not written down above this is hopefully it.
        for (var count = name == Last ? 2 : 1; count <= Math.Abs(arity) + 4; count++)
        {
            foreach (var text in new[] { Secrets.Value, $"kv:m/{Secrets.Key}-0", "-1", "0", "99999999999999999999", "1" })
            {
                yield return
                [
                    [
                        name, .. Enumerable.Range(1, count - 1).Select(at =>
                            firstKey > 0 && at >= firstKey && (lastKey < 0 || at <= lastKey) ? $"kv:m/{Secrets.Key}-{at % 4}" : text),
                    ],
                ];
            }
        }

        // Keys that are none.
        foreach (var key in new[] { "", Secrets.Key + new string('k', LargerThanAnyKey), $"{Secrets.Key}\0\r\n\xff" })
            yield return [[name, .. Enumerable.Repeat(key, Math.Max(1, Math.Abs(arity) - 1))]];
    }

    private static string Fill(string word, int nth) => word switch
    {
        "K" => $"kv:m/{Secrets.Key}-{nth}-{Hash}",
        "R" => $"{Secrets.Key}-{nth}",
        "V" => $"{Secrets.Value}-{nth}",
        "P" => Secrets.Password,
        _ => word,
    };

    [GeneratedRegex(@"\*6\r\n\$\d+\r\n(\S+)\r\n:(-?\d+)\r\n\*\d+\r\n(?:\+\S+\r\n)*:(-?\d+)\r\n:(-?\d+)\r\n:-?\d+\r\n")]
    private static partial Regex Entry();
}
