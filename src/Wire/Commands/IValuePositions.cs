namespace KvOrleans.Wire.Commands;

/// <summary>Knows which argument of a command is its value, the one that may be large and is received beside the buffer.</summary>
public interface IValuePositions
{
    /// <summary>The value's index among <paramref name="argumentCount"/> arguments (the name is 0), or -1 when there is none.</summary>
    int ValuePosition(ReadOnlySpan<byte> commandName, int argumentCount);
}
