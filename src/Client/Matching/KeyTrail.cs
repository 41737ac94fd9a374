using System.Net;
using KvOrleans.Client.Connections;

namespace KvOrleans.Client.Matching;

/// <summary>Who was asked for a key that its owner did not settle.</summary>
internal sealed class KeyTrail
{
    private SiloLink?[] _links;
    private int _count = 1;

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

    /// <summary>Whether somebody who was reached could or would not say.</summary>
    public bool IsDoubtful { get; set; }

    /// <summary>How many answers are waited for, late ones aside.</summary>
    public int Waiting { get; set; }

    /// <summary>Forgets who was asked and what came of it, so that all can be asked again.</summary>
    public void Restart()
    {
        _links.AsSpan().Clear();
        (_count, Asked, Waiting, Others, IsAnswered, IsDoubtful) = (0, 0, 0, null, false, false);
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
}
