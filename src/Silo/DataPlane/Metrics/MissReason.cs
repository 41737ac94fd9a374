namespace KvOrleans.Silo.DataPlane.Metrics;

/// <summary>Why a read found nothing.</summary>
internal enum MissReason
{
    /// <summary>There is no such block.</summary>
    Absent,

    /// <summary>Another silo may have it, and none that does could be read from.</summary>
    Unreachable,

    /// <summary>There was no room here for what another silo has, or too many blocks were on their way.</summary>
    NoRoom,

    /// <summary>Another version is there than was asked for.</summary>
    Version,

    /// <summary>This silo may not say yet what it holds, and no other has it.</summary>
    NotServed,
}
