namespace KvOrleans.Silo.Health;

/// <summary>How far something is that goes on as long as the silo works.</summary>
/// <param name="What">What it is.</param>
/// <param name="Turns">Another number with each turn of it.</param>
/// <param name="IsIdle">Whether it has nothing to do just now, so that it need not have moved.</param>
internal readonly record struct Progress(string What, long Turns, bool IsIdle = false);
