using KvOrleans.Cli.Commands;
using KvOrleans.Cli.Connections;
using KvOrleans.Cli.Rendering;

var terminal = Terminal.OfThisProcess();
return await new KvoApplication(terminal, new CacheConnector(terminal.Error), TimeProvider.System).RunAsync(args);
