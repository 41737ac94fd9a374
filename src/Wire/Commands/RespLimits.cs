namespace KvOrleans.Wire.Commands;

/// <summary>How much one command may ask for.</summary>
/// <param name="MaxArguments">Arguments, the command's name among them.</param>
/// <param name="MaxArgumentBytes">Bytes of an argument that is not the value.</param>
/// <param name="MaxValueBytes">Bytes of the value of a command that stores one.</param>
public readonly record struct RespLimits(int MaxArguments, int MaxArgumentBytes, int MaxValueBytes)
{
    /// <summary>What a connection may send before it has authenticated, as in Redis.</summary>
    public static RespLimits Unauthenticated { get; } = new(10, 16 * 1024, 16 * 1024);
}
