using System.Net;
using KvOrleans.Contracts.Blocks;

namespace KvOrleans.Client.Status;

/// <summary>What a block's owner says of it: that it is hot, and that more than one silo holds it.</summary>
/// <param name="Key">The block.</param>
/// <param name="Version">The content that its owner holds, as text.</param>
/// <param name="Length">Its bytes.</param>
/// <param name="BytesPerSecond">What is read of it, on all silos.</param>
/// <param name="Holders">Where the data planes of those listen that hold it, as far as its owner knows; the owner first.</param>
public sealed record HotBlockReport(BlockKey Key, string Version, long Length, long BytesPerSecond, IReadOnlyList<IPEndPoint> Holders);
