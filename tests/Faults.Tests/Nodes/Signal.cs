namespace KvOrleans.Faults.Tests.Nodes;

/// <summary>Linux' numbers.</summary>
internal enum Signal
{
    Kill = 9,
    Terminate = 15,
    Continue = 18,
    Stop = 19,
}
