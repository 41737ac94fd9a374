namespace KvOrleans.Cli.Commands;

/// <summary>What <c>kvo</c> exits with.</summary>
internal static class ExitCode
{
    public const int Success = 0;

    /// <summary>The command ran, and something was wrong: a call failed, a byte differed, a silo or a block was not there.</summary>
    public const int Failure = 1;

    /// <summary>The command could not be understood.</summary>
    public const int Usage = 2;

    /// <summary>Ended by Ctrl-C or by a request to terminate.</summary>
    public const int Stopped = 130;
}
