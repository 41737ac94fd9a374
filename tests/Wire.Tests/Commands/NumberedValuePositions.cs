using KvOrleans.Wire.Commands;

namespace KvOrleans.Wire.Tests.Commands;

/// <summary>The command <c>V3</c> has its value at 3, and so on; <c>L</c> has it last; others have none.</summary>
internal sealed class NumberedValuePositions : IValuePositions
{
    public int ValuePosition(ReadOnlySpan<byte> commandName, int argumentCount) => commandName switch
    {
        [(byte)'V', >= (byte)'0' and <= (byte)'9' and var digit] => digit - '0',
        [(byte)'L'] => argumentCount - 1,
        _ => -1,
    };
}
