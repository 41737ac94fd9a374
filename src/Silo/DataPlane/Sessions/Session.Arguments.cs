using KvOrleans.Storage.Staging;

namespace KvOrleans.Silo.DataPlane.Sessions;

internal sealed partial class Session
{
    public int ArgumentCount => _reader.Count;

    /// <summary>Argument <paramref name="index"/> of the command; 0 is its name. Not across an await.</summary>
    public ReadOnlySpan<byte> Argument(int index) => _reader.GetArgument(_input.Buffered, index);

    /// <summary>The arguments from <paramref name="first"/> on, as ranges of the buffer that is returned. Not across an await.</summary>
    public ReadOnlySpan<byte> ArgumentRanges(int first, Span<(int Offset, int Length)> ranges) =>
        _reader.GetRanges(_input.Buffered, first, ranges);

    /// <summary>Takes the command's value, staged; null when the arena has no room for it.</summary>
    public StagedBlock? TakeValue(int index)
    {
        if (_reader.ReceivedValue == index)
        {
            var received = _received;
            _received = null;
            Services.Counters.Received(received?.Length ?? 0);
            return received;
        }

        var value = Argument(index);
        Services.Counters.Received(value.Length);
        var staged = Store.TryStage(value.Length);
        while (staged is { IsComplete: false })
        {
            var part = Math.Min(staged.Remaining.Length, value.Length);
            value[..part].CopyTo(staged.Remaining.Span);
            staged.Advance(part);
            value = value[part..];
        }

        return staged;
    }
}
