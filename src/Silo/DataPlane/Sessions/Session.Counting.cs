using KvOrleans.Silo.DataPlane.Metrics;

namespace KvOrleans.Silo.DataPlane.Sessions;

/// <content>What the connection counts for itself and tells before its replies leave: a pipeline of reads costs as many shared sums as one read.</content>
internal sealed partial class Session
{
    private CommandRun _run;
    private int _hits;
    private long _hitBytes;

    /// <summary>A block that is here was found, and so many bytes of it are sent.</summary>
    public void CountHit(int bytes)
    {
        _hits++;
        _hitBytes += bytes;
    }

    /// <summary>Tells what was counted.</summary>
    public void TellCounts()
    {
        Services.Commands.Tell(ref _run);
        if (_hits == 0)
            return;
        Services.Counters.Hit(ReadSource.Here, _hitBytes, _hits);
        (_hits, _hitBytes) = (0, 0);
    }
}
