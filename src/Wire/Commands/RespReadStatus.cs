namespace KvOrleans.Wire.Commands;

/// <summary>What <see cref="RespCommandReader.Read"/> came to.</summary>
public enum RespReadStatus
{
    /// <summary>The command is not whole yet; call again with more bytes.</summary>
    NeedMore,

    /// <summary>A whole command is there.</summary>
    Command,

    /// <summary>A large value begins here; receive it, then go on.</summary>
    Value,
}
