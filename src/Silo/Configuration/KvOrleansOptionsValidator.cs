using System.Net;
using KvOrleans.Contracts.Blocks;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace KvOrleans.Silo.Configuration;

/// <summary>Says of every wrong option its name, what it got and what it accepts.</summary>
internal sealed class KvOrleansOptionsValidator : IValidateOptions<KvOrleansOptions>
{
    private const int MostCopies = 64;
    private const int MostPaths = 16;
    private const long LargestArena = (1L << 43) - (2 << 20);
    private const long BesideArena = 128 << 20;

    public ValidateOptionsResult Validate(string? name, KvOrleansOptions options)
    {
        var errors = Errors(options).ToList();
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    private static IEnumerable<string> Errors(KvOrleansOptions options)
    {
        (string Name, object Got, bool Ok, string Accepts)[] checks =
        [
            ("ClusterId", options.ClusterId, options.ClusterId.Length > 0, "a name"),
            ("ServiceId", options.ServiceId, options.ServiceId.Length > 0, "a name"),
            ("SiloName", options.SiloName, options.SiloName.Length <= 256, "at most 256 characters"),
            ("Zone", options.Zone, options.Zone.Length <= 256, "at most 256 characters"),
            ("Clustering", options.Clustering, Enum.IsDefined(options.Clustering), "Localhost or Redis"),
            ("Redis", options.Redis, options.Clustering != ClusteringKind.Redis || options.Redis.Length > 0,
                "a connection string such as localhost:6379 when Clustering is Redis"),
            ("AdvertisedAddress", options.AdvertisedAddress, IPAddress.TryParse(options.AdvertisedAddress, out _), "an IP address such as 10.0.0.7"),
            ("ListenAddress", options.ListenAddress, options.ListenAddress.Length == 0 || IPAddress.TryParse(options.ListenAddress, out _),
                "an IP address such as 0.0.0.0, or nothing for the advertised one"),
            ("PrimarySilo", options.PrimarySilo, options.PrimarySilo.Length == 0 || IPEndPoint.TryParse(options.PrimarySilo, out _),
                "an IP address and silo port such as 127.0.0.1:11111, or nothing for this silo"),
            Port("SiloPort", options.SiloPort),
            Port("GatewayPort", options.GatewayPort),
            Port("DataPlane:Port", options.DataPlane.Port),
            Port("Http:Port", options.Http.Port),
            Range("DataPlane:MaxConnections", options.DataPlane.MaxConnections, 1, 1_000_000),
            Size("DataPlane:MaxValueBytes", options.DataPlane.MaxValueBytes, 1, 1L << 30),
            Share("DataPlane:MaxStagedShare", options.DataPlane.MaxStagedShare),
            Size("DataPlane:MaxCommandBytes", options.DataPlane.MaxCommandBytes, 64 << 10, 64 << 20),
            Time("DataPlane:StallTimeout", options.DataPlane.StallTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1)),
            Size("Memory:Bytes", options.Memory.Bytes, 2 << 20, LargestArena),
            Time("Leases:MaxDuration", options.Leases.MaxDuration, TimeSpan.FromMilliseconds(1), TimeSpan.FromHours(1)),
            Share("Leases:MaxShare", options.Leases.MaxShare),
            Share("Leases:MaxSharePerConnection", options.Leases.MaxSharePerConnection),
            Size("Digests:BytesPerSecond", options.Digests.BytesPerSecond, 1 << 20, 1L << 40),
            Time("Fills:MaxDuration", options.Fills.MaxDuration, TimeSpan.FromMilliseconds(1), TimeSpan.FromHours(1)),
            Range("Grains:MaxAwake", options.Grains.MaxAwake, 16, 1_000_000),
            Range("Copies:Minimum", options.Copies.Minimum, 1, MostCopies),
            ("Copies:AfterReuse", options.Copies.AfterReuse, options.Copies.AfterReuse >= options.Copies.Minimum && options.Copies.AfterReuse <= MostCopies,
                $"Copies:Minimum to {MostCopies}"),
            ("Copies:Maximum", options.Copies.Maximum ?? 0, options.Copies.Maximum is not { } most || (most >= options.Copies.AfterReuse && most <= MostCopies),
                $"Copies:AfterReuse to {MostCopies}, or nothing for all silos"),
            ("Copies:Share", options.Copies.Share, options.Copies.Share is >= 0 and <= 1, "0 to 1"),
            ("Copies:HotShare", options.Copies.HotShare, options.Copies.HotShare is >= 0 and <= 1, "0 to 1"),
            Size("Repair:BytesPerSecond", options.Repair.BytesPerSecond, 1 << 20, 1L << 40),
            Time("Orphans:Interval", options.Orphans.Interval, TimeSpan.FromMilliseconds(100), TimeSpan.FromDays(1)),
            Time("Drain:Grace", options.Drain.Grace, TimeSpan.Zero, TimeSpan.FromHours(1)),
            Range("Tombstones:Maximum", options.Tombstones.Maximum, 1, 1 << 24),
            Time("Tombstones:Lifetime", options.Tombstones.Lifetime, TimeSpan.FromMinutes(1), TimeSpan.FromDays(30)),
        ];

        var wrong = from check in checks
                    where !check.Ok
                    select $"{KvOrleansOptions.Section}:{check.Name} is '{check.Got}'; accepted: {check.Accepts}.";
        return wrong.Concat(Arena(options.Memory.Bytes, MemoryLimit.Bytes)).Concat(ConnectionString(options)).Concat(Clashes(options)).Concat(Shapes(options.WriteOnce)).Concat(Paths(options.Disk));
    }

    /// <summary>An arena beyond the limit would be given out page by page, until the kernel ends the silo in the middle of its work.</summary>
    internal static IEnumerable<string> Arena(ByteSize got, long limit)
    {
        var most = Math.Max(limit / 2, limit - BesideArena);
        if (got.Bytes > most && got.Bytes <= LargestArena)
        {
            yield return $"{KvOrleansOptions.Section}:Memory:Bytes is '{got}'; accepted: 2MiB to {new ByteSize(most)}, since the memory limit (the container's, else the machine's) is "
                + $"{new ByteSize(limit)} and the silo needs memory beside the arena.";
        }
    }

    /// <summary>Never shows the string: it may hold a password.</summary>
    private static IEnumerable<string> ConnectionString(KvOrleansOptions options)
    {
        if (options.Redis.Length == 0)
            return [];
        var error = "";
        try
        {
            _ = ConfigurationOptions.Parse(options.Redis);
        }
        catch (ArgumentException wrong)
        {
            error = $"{KvOrleansOptions.Section}:Redis is not a connection string; accepted: StackExchange.Redis' syntax, such as localhost:6379,password=…. {wrong.Message}";
        }

        return error.Length > 0 ? [error] : [];
    }

    private static (string, object, bool, string) Port(string name, int got) => Range(name, got, 1, IPEndPoint.MaxPort);

    private static (string, object, bool, string) Range(string name, int got, int least, int most) =>
        (name, got, got >= least && got <= most, $"{least} to {most}");

    private static (string, object, bool, string) Size(string name, ByteSize got, long least, long most) =>
        (name, got, got.Bytes >= least && got.Bytes <= most, $"{new ByteSize(least)} to {new ByteSize(most)}");

    private static (string, object, bool, string) Time(string name, TimeSpan got, TimeSpan least, TimeSpan most) =>
        (name, got, got >= least && got <= most, $"{least} to {most}");

    private static (string, object, bool, string) Share(string name, double got) => (name, got, got is > 0 and <= 1, "above 0 to 1");

    private static IEnumerable<string> Clashes(KvOrleansOptions options)
    {
        (string Name, int Port)[] ports =
        [
            ("SiloPort", options.SiloPort), ("GatewayPort", options.GatewayPort),
            ("DataPlane:Port", options.DataPlane.Port), ("Http:Port", options.Http.Port),
        ];
        return from port in ports
               group port.Name by port.Port into same
               where same.Count() > 1
               let names = same.Select(name => $"{KvOrleansOptions.Section}:{name}")
               select $"{string.Join(" and ", names)} are all {same.Key}; accepted: four different ports.";
    }

    private static IEnumerable<string> Paths(DiskOptions options)
    {
        if (options.Paths.Count > MostPaths)
            yield return $"{KvOrleansOptions.Section}:Disk:Paths has {options.Paths.Count} directories; accepted: at most {MostPaths}.";
        foreach (var path in options.Paths.Where(path => !Path.IsPathFullyQualified(path)))
            yield return $"{KvOrleansOptions.Section}:Disk:Paths has '{path}'; accepted: absolute paths of directories.";
        foreach (var same in options.Paths.Where(Path.IsPathFullyQualified).GroupBy(path => Path.TrimEndingDirectorySeparator(Path.GetFullPath(path))).Where(same => same.Count() > 1))
            yield return $"{KvOrleansOptions.Section}:Disk:Paths has '{same.Key}' {same.Count()} times; accepted: each directory once.";
    }

    private static IEnumerable<string> Shapes(WriteOnceOptions options)
    {
        foreach (var shape in options.Effective)
        {
            var error = "";
            try
            {
                _ = new KeyKinds([shape]);
            }
            catch (ArgumentException wrong)
            {
                error = $"{KvOrleansOptions.Section}:WriteOnce:Shapes has '{shape}'; accepted: regular expressions without backtracking. {wrong.InnerException?.Message}";
            }

            if (error.Length > 0)
                yield return error;
        }
    }
}
