using System.Runtime.InteropServices;

namespace KvOrleans.Cli.Silos;

/// <summary>Where the silo's program is: the build lays it beside this one.</summary>
internal static class SiloProgram
{
    /// <summary>The silo's assembly.</summary>
    /// <exception cref="SiloException">It is not there.</exception>
    public static string Assembly()
    {
        var path = Path.Combine(AppContext.BaseDirectory, "silo", "KvOrleans.Silo.dll");
        return File.Exists(path) ? path : throw new SiloException($"The silo's program is missing: {path}. Build kvo anew (dotnet build src/Cli), which lays it there.");
    }

    /// <summary>The dotnet host that runs this process, else the one on the path.</summary>
    public static string DotnetHost()
    {
        var name = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";
        var besideRuntime = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", name));
        return File.Exists(besideRuntime) ? besideRuntime : name;
    }
}
