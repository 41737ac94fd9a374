using KvOrleans.Contracts.Blocks;
using KvOrleans.Silo.DataPlane.Sessions;

namespace KvOrleans.Silo.DataPlane.Commands.Keys;

/// <summary><c>TTL key</c> and <c>PTTL key</c></summary>
internal sealed class TimeToLiveCommand(string name, long unit) : DataPlaneCommand
{
    private const long Absent = -2;
    private const long Immortal = -1;

    private readonly Func<BlockInfo?, long> _answer = info => Answer(info, unit);

    public override string Name => name;

    public override int Arity => 2;

    public override string Syntax => "key";

    public override string Summary => $"Returns how long a block lives in {(unit == TimeSpan.TicksPerSecond ? "seconds" : "milliseconds")}; {Immortal}: for ever, {Absent}: it is absent.";

    public override string Group => "generic";

    public override (int First, int Last, int Step) Keys => (1, 1, 1);

    public override ValueTask ExecuteAsync(Session session) => KeyQuery.ReplyAsync(session, Name, _answer);

    private static long Answer(BlockInfo? info, long unit) =>
        info is not { } block ? Absent : block.TimeToLive is { } left ? (left.Ticks + (unit / 2)) / unit : Immortal;
}
