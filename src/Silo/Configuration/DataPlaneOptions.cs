namespace KvOrleans.Silo.Configuration;

/// <summary>The data plane: one TCP port that speaks RESP.</summary>
public sealed class DataPlaneOptions
{
    /// <summary>Its port. Default: 6380; 1 to 65535.</summary>
    [OwnOption]
    public int Port { get; set; } = 6380;

    /// <summary>When set, a connection must <c>AUTH</c> with it before anything else. Default: none.</summary>
    [SecretOption]
    public string Password { get; set; } = "";

    /// <summary>
    /// Connections at most; one more is told so and closed. Default: 10000; 1 to 1000000. An idle one costs a few KiB, a busy one
    /// up to 64 KiB in and 80 KiB out beside <see cref="MaxCommandBytes"/>.
    /// </summary>
    public int MaxConnections { get; set; } = 10_000;

    /// <summary>The largest value. Default: 256MiB; 1 byte to 1GiB. One larger than the arena never finds room.</summary>
    public ByteSize MaxValueBytes { get; set; } = new(256 << 20);

    /// <summary>
    /// The share of the arena that values on their way in may take together; beyond it the answer is <c>OOM</c> and nothing is
    /// evicted. Default: 0.25; above 0 to 1. A value that is alone on its way in may be larger.
    /// </summary>
    public double MaxStagedShare { get; set; } = 0.25;

    /// <summary>The most bytes of one command beside its value, and of any of its arguments. Default: 1MiB; 64KiB to 64MiB.</summary>
    public ByteSize MaxCommandBytes { get; set; } = new(1 << 20);

    /// <summary>
    /// A connection that sends nothing in the middle of a command, or does not take its replies (4 MiB of a large one), for this long is
    /// closed, and what it staged is freed. Default: 30 s; 1 s to 1 h. A connection between commands may idle for ever.
    /// </summary>
    public TimeSpan StallTimeout { get; set; } = TimeSpan.FromSeconds(30);
}
