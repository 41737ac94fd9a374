using System.Net.Sockets;

namespace KvOrleans.Faults.Tests.Networks;

/// <summary>What connects the nodes of a cluster under test, and its clients.</summary>
internal interface INodeNetwork : IDisposable
{
    /// <summary>True when it can be cut.</summary>
    bool CanCut { get; }

    /// <summary>What it is, in a few words.</summary>
    string Description { get; }

    /// <summary>A place for one more node.</summary>
    Place Add(string name);

    /// <summary>A socket where the clients are.</summary>
    Socket ClientSocket();

    /// <summary>What <paramref name="from"/> sends to <paramref name="to"/> is lost from now on, without a word. Null stands for the clients.</summary>
    void Cut(Place? from, Place? to);

    /// <summary>Takes back one <see cref="Cut"/>; where two overlap, the link is whole when both are taken back.</summary>
    void Heal(Place? from, Place? to);
}
