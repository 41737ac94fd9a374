using System.Net;
using Microsoft.Extensions.Options;

namespace KvOrleans.Silo.Configuration;

/// <summary>Reads the options, fills in what depends on the machine, and refuses what is wrong.</summary>
internal static class ConfigurationLoader
{
    /// <exception cref="OptionsValidationException">Something is wrong; each failure says which option, what it got and what it accepts.</exception>
    public static KvOrleansOptions Load(IConfiguration configuration)
    {
        var options = Bind(configuration.GetSection(KvOrleansOptions.Section));
        if (new KvOrleansOptionsValidator().Validate(null, options) is { Failed: true } wrong)
            throw Wrong(wrong.Failures);
        if (options.SiloName.Length == 0)
            options.SiloName = DefaultName(options);
        if (options.ListenAddress.Length == 0)
            options.ListenAddress = options.AdvertisedAddress;
        return options;
    }

    /// <summary>What these options would be were nothing said of those that follow from others.</summary>
    internal static KvOrleansOptions DefaultsBeside(KvOrleansOptions options) =>
        new() { SiloName = DefaultName(options), ListenAddress = options.AdvertisedAddress };

    private static string DefaultName(KvOrleansOptions options) => $"{Dns.GetHostName()}:{options.SiloPort}";

    private static KvOrleansOptions Bind(IConfigurationSection section)
    {
        try
        {
            return section.Get<KvOrleansOptions>(binder => binder.ErrorOnUnknownConfiguration = true) ?? new();
        }
        catch (InvalidOperationException error)
        {
            throw Wrong([Explain(error)]);
        }
    }

    /// <summary>The binder names the option and what it got; what is accepted is in the innermost error.</summary>
    private static string Explain(InvalidOperationException error)
    {
        var innermost = error.GetBaseException();
        return ReferenceEquals(innermost, error)
            ? $"{error.Message} Accepted: the options that docs/configuration.md lists."
            : $"{error.Message} {innermost.Message}.";
    }

    private static OptionsValidationException Wrong(IEnumerable<string> failures) =>
        new(KvOrleansOptions.Section, typeof(KvOrleansOptions), failures);
}
