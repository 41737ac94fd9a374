using KvOrleans.Client.Connections;

namespace KvOrleans.Client.Reading;

/// <summary>A hedge's side of a <see cref="ReadRace"/>: its first block must win before it is taken, what follows is its own.</summary>
internal sealed class HedgeClaim(ReadRace race, int round, SiloLink link, SiloConnection connection) : IFirstByte
{
    private bool _hasWon;

    /// <inheritdoc/>
    public bool Arrived(bool isBlock)
    {
        link.Reads.Heard(connection.Silence);
        return !isBlock || (_hasWon = _hasWon || race.TryWin(round));
    }
}
