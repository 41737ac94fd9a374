using System.CommandLine;
using KvOrleans.LoadGenerator.Commands;

var root = new RootCommand("Measures KvOrleans beside other caches, in one run on one machine.")
{
    new CompareCommand(),
    new RedisBenchmarkCommand(),
    new MemoryCommand(),
    new KeysCommand(),
    new DetourCommand(),
    new MatchCommand(),
    new MatchReadCommand(),
    new ConsoleCommand(),
    new HotspotCommand(),
    new HotspotReaderCommand(),
};

// Long enough to end every server after Ctrl-C.
var configuration = new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(30) };
return await root.Parse(args).InvokeAsync(configuration);
