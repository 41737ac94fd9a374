namespace KvOrleans.Grains.Blocks;

/// <summary>A block grain was not woken because as many as allowed are awake; the caller may try again.</summary>
[GenerateSerializer, Alias("KvOrleans.TooManyAwakeException")]
public sealed class TooManyAwakeException : Exception
{
    /// <summary>Makes the error.</summary>
    public TooManyAwakeException(string message) : base(message)
    {
    }
}
