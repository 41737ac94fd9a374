using System.Net;
using KvOrleans.Client.Connections;

namespace KvOrleans.Client.Matching;

/// <summary>Who was asked for a key that its owner did not settle.</summary>
internal sealed class KeyTrail
{
    // More are not told apart; there are a handful.
    private const int MostNoted = 64;

    private SiloLink?[] _links;
    private int _count = 1;
    private ulong _faltering;
    private ulong _refused;
    private List<SiloLink>? _again;

    /// <summary>The trail of a key that was asked of <paramref name="first"/>.</summary>
    public KeyTrail(SiloLink first) => _links = [first, null, null, null];

    /// <summary>The silos that were asked.</summary>
    public ReadOnlySpan<SiloLink?> Links => _links.AsSpan(0, _count);

    /// <summary>Whom the owner names, when they are still to be asked.</summary>
    public IReadOnlyList<IPEndPoint>? Others { get; set; }

    /// <summary>How often it was asked for, one after another.</summary>
    public int Asked { get; set; } = 1;

    /// <summary>Whether a silo has said that it does not have the key.</summary>
    public bool IsAnswered { get; set; }

    /// <summary>Whether the owner was reached and could not say.</summary>
    public bool IsDoubtful { get; set; }

    /// <summary>Whether somebody who was reached would not say.</summary>
    public bool IsRefused => _refused != 0;

    /// <summary>How many answers are waited for, late ones aside.</summary>
    public int Waiting { get; set; }

    /// <summary>The silos that were reached and gave no answer, as far as they may give one yet.</summary>
    public IEnumerable<SiloLink> Faltering()
    {
        for (var i = 0; i < _count; i++)
        {
            if (IsFaltering(i))
                yield return _links[i]!;
        }
    }

    /// <summary>Notes that <paramref name="link"/>, which was asked, was reached and gave no answer.</summary>
    public void Faltered(SiloLink link)
    {
        _faltering |= BitOf(link);
    }

    /// <summary>Notes that <paramref name="link"/>, which was asked, would not say.</summary>
    public void Refused(SiloLink link) => _refused |= BitOf(link);

    /// <summary>Those that were forgotten and are to be asked before all others.</summary>
    public IReadOnlyList<SiloLink> TakeAgain() => Interlocked.Exchange(ref _again, null) ?? [];

    /// <summary>Forgets that those of <paramref name="links"/> that faltered were asked, so that they are asked again; others are not.</summary>
    /// <param name="links">Who may be asked again.</param>
    /// <param name="isAnyway">Whether those that did not falter are meant too.</param>
    /// <returns>False when there was none.</returns>
    public bool Forget(HashSet<SiloLink> links, bool isAnyway = false)
    {
        var (kept, faltering, refused) = (0, 0UL, 0UL);
        for (var i = 0; i < _count; i++)
        {
            if ((isAnyway || IsFaltering(i)) && links.Contains(_links[i]!))
            {
                (_again ??= []).Add(_links[i]!);
                continue;
            }

            faltering |= IsFaltering(i) ? 1UL << kept : 0;
            refused |= i < MostNoted && (_refused & (1UL << i)) != 0 ? 1UL << kept : 0;
            _links[kept++] = _links[i];
        }

        if (kept == _count)
            return false;
        Array.Clear(_links, kept, _count - kept);
        (_count, _faltering, _refused, Waiting) = (kept, faltering, refused, 0);
        return true;
    }

    /// <summary>Notes that <paramref name="link"/> is asked. False when it was before.</summary>
    public bool TryAdd(SiloLink link)
    {
        if (Links.Contains(link))
            return false;
        if (_count == _links.Length)
            Array.Resize(ref _links, _count * 2);
        _links[_count++] = link;
        return true;
    }

    private ulong BitOf(SiloLink link) => Links.IndexOf(link) is >= 0 and < MostNoted and var at ? 1UL << at : 0;

    private bool IsFaltering(int at) => at < MostNoted && (_faltering & (1UL << at)) != 0;
}
