namespace KvOrleans.Processes.Tests.Twin;

/// <summary>What is said to both servers, a fresh connection each; every reply must be the same to the byte.</summary>
internal static class TwinScripts
{
    private const string LongText = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789abcdefghijklmnopqrstuvwxyz";

    /// <summary>Commands by the name of what they show. A word with <c>{l}</c> stands for a long text.</summary>
    public static IReadOnlyDictionary<string, string[][]> Commands { get; } = new Dictionary<string, string[]>
    {
        ["set and get"] =
        [
            "GET k", "SET k v", "GET k", "get k", "SET k w", "GET k", "STRLEN k", "STRLEN none", "EXISTS k", "EXISTS k k none", "DBSIZE",
            "DEL k", "DEL k", "DEL k none", "GET k", "DBSIZE", "SET k ", "GET k", "STRLEN k", "UNLINK k none k", "EXISTS k",
        ],
        ["set conditions"] =
        [
            "SET c 1 XX", "GET c", "SET c 1 NX", "SET c 2 NX", "GET c", "SET c 3 XX", "GET c", "SET c 4 xx", "SET c 5 nx", "GET c", "DEL c",
        ],
        ["set times"] =
        [
            "SET t v EX 1000", "TTL t", "SET t v", "TTL t", "SET t v PX 1000000", "TTL t", "SET t w KEEPTTL", "TTL t", "GET t",
            "SET t w XX KEEPTTL", "TTL t", "SET t w ex 50 xx", "TTL t", "SET t w XX PX 77000", "TTL t", "SET u v NX EX 9000", "TTL u", "SET u v NX EX 10", "TTL u",
            "TTL none", "PTTL none", "SET p v", "PTTL p", "TTL p", "DEL t u p",
        ],
        ["set times again"] = ["SET t v EX 10 EX 2000", "TTL t", "SET t v PX 10 PX 3000000", "TTL t", "SET t v KEEPTTL KEEPTTL", "TTL t", "SET t v NX NX", "SET t v XX XX", "TTL t", "DEL t"],
        ["set errors"] =
        [
            "SET", "SET k", "SET k v FOO", "SET k v EX", "SET k v PX", "SET k v EX 10 PX 10", "SET k v PX 10 EX 10", "SET k v NX XX", "SET k v XX NX",
            "SET k v EX 0", "SET k v EX -1", "SET k v PX 0", "SET k v PX -5", "SET k v EX abc", "SET k v EX 1.5", "SET k v PX ", "SET k v EX +5", "SET k v EX 010",
            "SET k v EX -0", "SET k v EX 9223372036854775807", "SET k v EX 9223372036854775808", "SET k v PX 9223372036854775807", "SET k v EX 9223372036854776",
            "SET k v EX abc FOO", "SET k v EX 0 FOO", "SET k v KEEPTTL EX 10", "SET k v EX 10 KEEPTTL", "SET k v v", "SET k v EX 10 20", "SET k v NX EX", "GET k", "EXISTS k", "DEL k",
        ],
        ["get errors"] = ["GET", "GET a b", "MGET", "STRLEN", "STRLEN a b", "EXISTS", "DEL", "UNLINK", "TTL", "TTL a b", "PTTL", "PTTL a b", "DBSIZE a"],
        ["many"] = ["MGET a", "MGET a b c", "SET a 1", "SET c 3", "MGET a b c", "MGET a a b a", "UNLINK a b c", "MGET a"],
        ["expire"] =
        [
            "EXPIRE none 10", "SET e v", "TTL e", "EXPIRE e 1000", "TTL e", "EXPIRE e 2000", "TTL e", "EXPIRE e abc", "EXPIRE e 1.5", "EXPIRE e ", "EXPIRE e", "EXPIRE",
            "EXPIRE e 9223372036854775807", "EXPIRE e 9223372036854775808", "EXPIRE e -9223372036854775808", "EXPIRE none 9223372036854775807", "EXPIRE none abc", "EXPIRE e 9223372036854776",
            "TTL e", "EXPIRE e 0", "GET e", "SET e v", "EXPIRE e -1", "EXISTS e", "EXPIRE e -1",
        ],
        ["ping and echo"] = ["PING", "ping", "PiNg", "PING hi", "PING ", "PING a b", "PING a b c", "ECHO hi", "ECHO ", "ECHO", "ECHO a b", "ECHO {l}"],
        ["select"] = ["SELECT 0", "SELECT 1", "SELECT -1", "SELECT abc", "SELECT", "SELECT 0 0", "SELECT ", "SELECT 00", "SELECT +0", "SELECT 99999999999", "SELECT 99999999999999999999"],
        ["auth"] = ["AUTH", "AUTH x", "AUTH default x", "AUTH other x", "AUTH a b c", "AUTH a b c d"],
        ["hello errors"] =
        [
            "HELLO 1", "HELLO 4", "HELLO x", "HELLO 03", "HELLO ", "HELLO 22222222222222222222", "HELLO 3 FOO", "HELLO 3 AUTH", "HELLO 3 AUTH a", "HELLO 3 AUTH other b", "HELLO 2 SETNAME", "HELLO 2 FOO x",
            "PING", "GET none", "CLIENT SETNAME before", "HELLO 3 SETNAME n m", "CLIENT GETNAME",
        ],
        ["client"] =
        [
            "CLIENT GETNAME", "CLIENT SETNAME me", "CLIENT GETNAME", "CLIENT SETNAME ", "CLIENT GETNAME", "client setname again", "CLIENT GETNAME",
            "CLIENT NO-EVICT ON", "CLIENT NO-EVICT off", "CLIENT NO-EVICT maybe", "CLIENT NO-EVICT", "CLIENT GETNAME x", "CLIENT ID x", "CLIENT SETNAME", "CLIENT", "CLIENT FOO", "CLIENT FOO bar",
        ],
        ["unknown"] = ["FOO", "FOO bar", "foo bar baz", "FOO {l} {l}", "FOO a {l} b {l} c", "{l}{l}", "GE k", "GETT k", "FOO ", "FOO  x", "F\u00e9 \u00ff\u0001", "FOO a\r\nb c\nd", "FO\r\nO x", "FOO a\u0000b c", "FO\u0000O c"],
        ["config"] = ["CONFIG GET save", "CONFIG GET appendonly", "CONFIG GET databases", "CONFIG GET nothing-like-this", "CONFIG GET SAVE", "CONFIG GET appendonl?", "CONFIG GET [s]ave", "CONFIG GET app*only", "CONFIG", "CONFIG GET", "CONFIG FOO", "config get save"],
        ["command"] = ["COMMAND INFO none", "COMMAND INFO none none", "COMMAND DOCS none", "COMMAND FOO", "COMMAND COUNT x"],
        ["quit"] = ["QUIT"],
        ["quit with words"] = ["QUIT a b"],
        ["not here"] = ["SET k v", "SET a b", "EXPIRE k 10 NX", "SET k v GET", "SET k v EXAT 33333333333", "SET k v PXAT 33333333333000", "MSET a b", "UNLINK k", "UNLINK a", "EXISTS k a"],
        ["write-once"] = ["SET kv:m/b this", "SET kv:m/b other", "GET kv:m/b", "SET kv:m/b other XX", "SET kv:m/b other NX", "DEL kv:m/b"],
        ["key lengths"] = ["SET  v", "GET ", "EXISTS ", "DEL ", "GET {l}{l}{l}{l}{l}"],
        ["arity before unknown options"] = ["INFO nothing-like-this"],
    }.ToDictionary(script => script.Key, script => script.Value.Select(Words).ToArray());

    /// <summary>Bytes sent as they are, after which nothing more is sent: both must reply, and close or not, alike.</summary>
    public static IReadOnlyDictionary<string, string> Raw { get; } = new Dictionary<string, string>
    {
        ["inline"] = "PING\r\nECHO hi\nSET i 'a b'\r\nGET i\r\nDEL i\r\n",
        ["inline blanks"] = "\r\n\n   \r\n  PING  \r\n\tPING\t\r\n",
        ["inline quotes"] = "ECHO \"a\\x41\\n\\\"b\"\r\nECHO 'it\\'s'\r\nECHO \"\"\r\nECHO ''\r\nECHO 'a\\n'\r\nECHO \"\\q\\t\\r\\b\\a\"\r\nECHO \"\\x4\"\r\n",
        ["inline quotes that do not end"] = "PING\r\nECHO \"abc\r\nPING\r\n",
        ["inline quotes that touch"] = "ECHO \"a\"b\r\nPING\r\n",
        ["inline words that touch"] = "ECHO a\"b\"\r\nPING\r\n",
        ["inline wrong arity"] = "GET\r\nFOO bar\r\nGET 'a b' c\r\n",
        ["inline too long"] = new string('x', 70_000),
        ["empty arrays"] = "*0\r\n*-1\r\n*-5\r\n*1\r\n$4\r\nPING\r\n",
        ["array of a letter"] = "*x\r\n*1\r\n$4\r\nPING\r\n",
        ["array without number"] = "*\r\n",
        ["array too large"] = "*2147483648\r\n",
        ["array huge"] = "*99999999999999999999\r\n",
        ["array with plus"] = "*+1\r\n$4\r\nPING\r\n",
        ["array with zero in front"] = "*01\r\n$4\r\nPING\r\n",
        ["bulk missing"] = "*1\r\nPING\r\n",
        ["bulk of an integer"] = "*1\r\n:1\r\n",
        ["bulk negative"] = "*1\r\n$-1\r\n",
        ["bulk very negative"] = "*2\r\n$3\r\nGET\r\n$-9\r\n",
        ["bulk huge"] = "*2\r\n$3\r\nGET\r\n$99999999999999999999\r\n",
        ["bulk over the limit"] = "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$2147483647\r\n",
        ["bulk of a letter"] = "*1\r\n$x\r\n",
        ["bulk without number"] = "*1\r\n$\r\n",
        ["bulk with plus"] = "*1\r\n$+4\r\nPING\r\n",
        ["bulk with zero in front"] = "*1\r\n$04\r\nPING\r\n",
        ["bulk with blank"] = "*1\r\n$ 4\r\nPING\r\n",
        ["empty name"] = "*1\r\n$0\r\n\r\n*1\r\n$4\r\nPING\r\n",
        ["empty name with words"] = "*2\r\n$0\r\n\r\n$1\r\na\r\n",
        ["pipeline"] = "*3\r\n$3\r\nSET\r\n$1\r\na\r\n$1\r\n1\r\n*2\r\n$3\r\nGET\r\n$1\r\na\r\n*3\r\n$3\r\nSET\r\n$1\r\na\r\n$1\r\n2\r\n*2\r\n$3\r\nGET\r\n$1\r\na\r\n*2\r\n$3\r\nDEL\r\n$1\r\na\r\n",
        ["pipeline then broken"] = "*3\r\n$3\r\nSET\r\n$1\r\na\r\n$1\r\n1\r\n*2\r\n$3\r\nGET\r\n$1\r\na\r\n*2\r\n$3\r\nDEL\r\n$1\r\na\r\n*1\r\n$z\r\n",
        ["pipeline behind quit"] = "*1\r\n$4\r\nQUIT\r\n*1\r\n$4\r\nPING\r\n",
        ["half a command"] = "*2\r\n$3\r\nGET\r\n$5\r\nab",
        ["half an array"] = "*2\r\n$3\r\nGE",
        ["half a line"] = "PIN",
        ["nothing"] = "",
        ["http"] = "GET / HTTP/1.1\r\nFoo: bar\r\n\r\n",
    };

    /// <summary>Words parted by blanks; two blanks in a row, and one at the end, part an empty word.</summary>
    private static string[] Words(string command) => [.. command.Split(' ').Select(word => word.Replace("{l}", LongText, StringComparison.Ordinal))];
}
