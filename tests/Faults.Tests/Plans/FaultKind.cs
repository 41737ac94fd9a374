namespace KvOrleans.Faults.Tests.Plans;

/// <summary>What can go wrong.</summary>
internal enum FaultKind
{
    /// <summary>A silo is killed and comes back.</summary>
    Kill,

    /// <summary>A silo is asked to stop, and comes back.</summary>
    Terminate,

    /// <summary>A silo stands still for a time.</summary>
    Pause,

    /// <summary>One more silo joins.</summary>
    Join,

    /// <summary>Redis stands still for a time.</summary>
    PauseRedis,

    /// <summary>Redis is killed and comes back with its data.</summary>
    KillRedis,

    /// <summary>Redis is killed and comes back empty: the membership table is lost.</summary>
    LoseRedis,

    /// <summary>Two silos do not hear each other, or only one the other.</summary>
    CutPair,

    /// <summary>A silo and Redis do not hear each other.</summary>
    CutFromRedis,

    /// <summary>A silo hears neither Redis nor another silo, and clients reach it.</summary>
    Isolate,

    /// <summary>Clients do not reach a silo, or do not hear its answers.</summary>
    CutFromClients,

    /// <summary>A silo hears no other silo; it reads the membership table, and clients reach it. So it is declared dead while its fence holds.</summary>
    CutFromSilos,
}
