using KvOrleans.Client.Connections;

namespace KvOrleans.Client.Matching;

/// <content>What nobody could say is asked again.</content>
internal sealed partial class ChainSearch
{
    // A silo that was reached and then fell silent or refused is most often past it after a moment, and what a match gives up is
    // computed again at great cost. One that cannot be reached is not waited for, nor one that answers that it cannot say.
    private static readonly TimeSpan[] Pauses = [TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(200)];

    private HashSet<SiloLink>? _faltering;
    private int _pauses;

    /// <summary>Notes whether a silo that was reached gave an answer.</summary>
    private void Faltered(MatchQuestion question)
    {
        if (question.Channel is not null)
            _faltering?.Remove(question.Link);
        else if (question.IsReached)
            (_faltering ??= []).Add(question.Link);
    }

    private bool IsFaltering(int position)
    {
        if (_faltering is not { Count: > 0 } || _trails?[position] is not { } trail)
            return false;
        foreach (var link in trail.Links)
        {
            if (_faltering.Contains(link!))
                return true;
        }

        return false;
    }

    /// <summary>Waits for a moment, and opens all that is not settled again. False when that was done often enough, or has no prospect.</summary>
    private async ValueTask<bool> AgainAsync()
    {
        if (_pauses == Pauses.Length || deadline.IsOver || !IsFaltering(Run))
            return false;
        await Task.Delay(Pauses[_pauses++], deadline.Token).ConfigureAwait(false);
        foreach (var link in _faltering!.ToArray())
        {
            if (!await link.Leases.ReopenAsync(ConnectionPool.Patience, deadline.Token).ConfigureAwait(false))
                _faltering!.Remove(link);
        }

        // Who refused to be reached is gone; the others have answered.
        if (!IsFaltering(Run))
            return false;
        _hasRefreshed = false;
        for (var i = Run; i < _gap; i++)
        {
            if (_states[i] is not (KeyState.Open or KeyState.Exhausted) || _trails![i] is not { Waiting: <= 0 } trail)
                continue;
            trail.Restart();
            _states[i] = KeyState.Open;
        }

        return true;
    }
}
