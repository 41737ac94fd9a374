using System.Net;
using KvOrleans.Probes.Networks;

namespace KvOrleans.LoadGenerator.Networks;

/// <summary>
/// Silos and clients, each in a network namespace of its own, joined by a bridge in one more. The silos' links carry so many bits per second in each direction, the clients' as many as the kernel can.
/// </summary>
/// <remarks>The namespaces have no names: they are gone with the processes in them, so two runs never meet and none leaves anything behind.</remarks>
internal sealed class LimitedNetwork : IDisposable
{
    private const string Outer = "eth0";

    // A burst within which big segments pass whole, and a queue that is as short as a good router's.
    private const string Bucket = "burst 128kb latency 50ms";

    private readonly int _megabits;
    private readonly List<NetworkNamespace> _all = [];
    private readonly NetworkNamespace _bridge;

    private LimitedNetwork(int megabits)
    {
        _megabits = megabits;
        try
        {
            _bridge = New("bridge");
            _bridge.Ip("link add br0 type bridge", "link set br0 up");
            Clients = Add("clients", isLimited: false);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Where clients live.</summary>
    public Place Clients { get; }

    /// <summary>Why no such network can be made here, in a sentence; null when it can.</summary>
    public static string? WhatIsMissing()
    {
        if (!Environment.IsPrivilegedProcess)
            return "Network namespaces and limited links take root.";
        foreach (var program in new[] { "ip", "tc" })
        {
            if (Servers.Programs.WhatIsMissing(program, "iproute2") is { } missing)
                return $"{missing}.";
        }

        try
        {
            using var attempt = new LimitedNetwork(1);
            attempt.AddSilo("attempt");
            return null;
        }
        catch (InvalidOperationException error)
        {
            return error.Message;
        }
    }

    /// <summary>Makes one.</summary>
    /// <param name="megabits">What a silo's link carries per second in each direction, in 10⁶ bits.</param>
    /// <exception cref="InvalidOperationException">It cannot be made here.</exception>
    public static LimitedNetwork Create(int megabits) => new(megabits);

    /// <summary>A place for one more silo, on a limited link.</summary>
    public Place AddSilo(string name) => Add(name, isLimited: true);

    public void Dispose() => _all.ForEach(static one => one.Dispose());

    private Place Add(string name, bool isLimited)
    {
        var number = _all.Count;
        var home = New(name);
        var inner = $"v{number}";
        var address = IPAddress.Parse($"10.78.0.{number}");
        _bridge.Ip($"link add {inner} type veth peer name {Outer} netns {home.File}", $"link set {inner} master br0 up");
        home.Ip("link set lo up", $"addr add {address}/24 dev {Outer}", $"link set {Outer} up");
        if (isLimited)
        {
            // What leaves the silo is held back at its end of the link, what goes to it at the bridge's.
            home.Tc($"qdisc add dev {Outer} root tbf rate {_megabits}mbit {Bucket}");
            _bridge.Tc($"qdisc add dev {inner} root tbf rate {_megabits}mbit {Bucket}");
        }

        return new(name, address, home.Home);
    }

    private NetworkNamespace New(string name)
    {
        var made = new NetworkNamespace(name);
        _all.Add(made);
        return made;
    }
}
