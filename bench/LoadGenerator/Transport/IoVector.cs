using System.Runtime.InteropServices;

namespace KvOrleans.LoadGenerator.Transport;

/// <summary>The C library's <c>struct iovec</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly unsafe struct IoVector(byte* start, nint length)
{
    public readonly byte* Start = start;
    public readonly nint Length = length;
}
