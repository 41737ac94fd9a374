namespace KvOrleans.LoadGenerator.Measuring;

/// <summary>What a slice does.</summary>
internal enum Operation
{
    Get,
    Set,
}
