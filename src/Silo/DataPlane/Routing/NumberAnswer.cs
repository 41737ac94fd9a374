using KvOrleans.Grains.Peers;
using KvOrleans.Silo.DataPlane.Commands;
using KvOrleans.Wire;

namespace KvOrleans.Silo.DataPlane.Routing;

/// <summary>A number, or the error that is told instead.</summary>
internal readonly record struct NumberAnswer(long Number, string? Error)
{
    public NumberAnswer(long number) : this(number, null)
    {
    }

    public NumberAnswer(string error) : this(0, error)
    {
    }

    /// <summary>What another silo's answer comes to.</summary>
    public static NumberAnswer Of(PeerAnswer answer) => answer.Outcome switch
    {
        PeerOutcome.Answered => new(answer.Number),
        PeerOutcome.Refused => new(answer.Text),
        PeerOutcome.Broken => new(CommandErrors.UnknownOutcome),
        _ => new(CommandErrors.TryAgain),
    };

    public void Write(RespOutput output)
    {
        if (Error is null)
            output.WriteInteger(Number);
        else
            output.WriteError(Error);
    }
}
