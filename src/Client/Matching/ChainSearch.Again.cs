using KvOrleans.Client.Connections;

namespace KvOrleans.Client.Matching;

/// <content>What nobody could say is asked again.</content>
internal sealed partial class ChainSearch
{
    // A silo that was reached and then fell silent or refused for now is most often past it after a moment, and what a match gives up is
    // computed again at great cost. One that cannot be reached is not waited for, nor one for which that goes on.
    private static readonly TimeSpan[] Pauses = [TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(200)];

    // A pause behind which nothing could be asked any more is only a delay.
    private static readonly TimeSpan ShortestQuestion = TimeSpan.FromMilliseconds(20);

    private int _pauses;

    /// <summary>Waits for a moment, and opens what faltering silos left open. False when that was done often enough, or has no prospect.</summary>
    private async ValueTask<bool> AgainAsync()
    {
        if (_pauses == Pauses.Length || deadline.Left < Pauses[_pauses] + ShortestQuestion || _trails?[Run] is not { } trail)
            return false;
        SiloLink[] faltering = [.. trail.Faltering().Where(static link => link.Lapse.IsMomentary)];
        var mayAnswer = await Task.WhenAll(faltering.Select(link => link.Leases.ReopenAsync(ConnectionPool.Patience, deadline.Token))).ConfigureAwait(false);
        if (!mayAnswer.Contains(true))
            return false;
        await Task.Delay(Pauses[_pauses++], deadline.Token).ConfigureAwait(false);
        AskAgain([.. faltering.Where(static link => link.Leases.Open is not null)]);
        return true;
    }

    private void AskAgain(HashSet<SiloLink> links)
    {
        LoseEnded();
        for (var i = Run; i < _gap; i++)
        {
            if (_states[i] is KeyState.Open or KeyState.Exhausted && _trails![i] is { Waiting: <= 0 } trail && trail.Forget(links))
                _states[i] = KeyState.Open;
        }
    }

    /// <summary>What was found on a connection that has ended since is leased no more, and is asked for again.</summary>
    private void LoseEnded()
    {
        foreach (var question in _questions)
        {
            if (question is not { IsTaken: true, IsLost: false, Channel.IsOpen: false })
                continue;
            question.IsLost = true;
            foreach (var position in question.Positions)
            {
                if (_states[position] != KeyState.Found || _holders[position] != question.Link)
                    continue;
                _holders[position] = null;
                _states[position] = KeyState.Open;
                TrailOf(position, question.Link).Forget([question.Link], isAnyway: true);
                Run = Math.Min(Run, position);
            }
        }
    }
}
