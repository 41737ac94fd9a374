namespace KvOrleans.Processes.Tests.Twin;

/// <summary>Where ours means to reply otherwise than Redis 7.0, with the reply that it gives. docs/data-plane.md says why.</summary>
internal static class TwinDifferences
{
    /// <summary>Our reply by script and command, or by the name of the raw bytes.</summary>
    public static IReadOnlyDictionary<string, string> Ours { get; } = new Dictionary<string, string>
    {
        ["hello errors: CLIENT GETNAME"] = "$6\r\nbefore\r\n",
        ["client: CLIENT FOO"] = UnknownClientSubcommand,
        ["client: CLIENT FOO bar"] = UnknownClientSubcommand,
        ["config: CONFIG GET [s]ave"] = NoSetting,
        ["config: CONFIG FOO"] = "-ERR unknown subcommand 'FOO'. Accepted: CONFIG GET pattern [pattern ...]. Settings are the silo's configuration.\r\n",
        ["command: COMMAND FOO"] = "-ERR unknown subcommand 'FOO'. Accepted: COMMAND [COUNT | LIST | INFO [name ...] | DOCS [name ...]].\r\n",
        ["not here: EXPIRE k 10 NX"] = "-ERR wrong number of arguments for 'expire' command\r\n",
        ["not here: SET k v GET"] = SyntaxError,
        ["not here: SET k v EXAT 33333333333"] = SyntaxError,
        ["not here: SET k v PXAT 33333333333000"] = SyntaxError,
        ["not here: MSET a b"] = "-ERR unknown command 'MSET', with args beginning with: 'a' 'b' \r\n",
        ["write-once: SET kv:m/b other"] = "+OK\r\n",
        ["write-once: GET kv:m/b"] = "$4\r\nthis\r\n",
        ["key lengths: SET  v"] = "-ERR invalid key: a key has 1 to 512 bytes, this one has 0\r\n",
        ["key lengths: GET "] = NothingChanged,
        ["key lengths: EXISTS "] = ":0\r\n",
        ["key lengths: DEL "] = ":0\r\n",
    };

    private const string UnknownClientSubcommand =
        "-ERR unknown subcommand 'FOO'. Accepted: CLIENT ID | GETNAME | SETNAME name | SETINFO attribute value | INFO | LIST | NO-EVICT ON|OFF | NO-TOUCH ON|OFF.\r\n";

    private const string NoSetting = "*0\r\n";
    private const string SyntaxError = "-ERR syntax error\r\n";
    private const string NothingChanged = "$-1\r\n";

    /// <summary>RESP2's reply in RESP3.</summary>
    public static string? InProtocol(string? reply, int protocol) => protocol == 2 ? reply : reply switch
    {
        NoSetting => "%0\r\n",
        NothingChanged => "_\r\n",
        _ => reply,
    };
}
