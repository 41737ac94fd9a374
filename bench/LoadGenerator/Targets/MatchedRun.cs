using System.Buffers.Text;
using KvOrleans.Client;
using KvOrleans.Contracts.Blocks;

namespace KvOrleans.LoadGenerator.Targets;

/// <summary>Reads blocks as an inference node does: matches a run of them, reads the match, releases it, and hands them out one by one.</summary>
/// <remarks>The run is the asked key and those whose numbers follow; one whose blocks end early is shorter.</remarks>
internal sealed class MatchedRun(PrefixCacheClient client, int longestPayload)
{
    /// <summary>Blocks of a run.</summary>
    public const int Length = 8;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private readonly Memory<byte>[] _destinations =
        [.. Enumerable.Range(0, Length).Select(_ => GC.AllocateUninitializedArray<byte>(longestPayload, pinned: true).AsMemory())];

    private readonly BlockKey[] _keys = new BlockKey[Length];
    private readonly int[] _lengths = new int[Length];
    private int _next;
    private int _count;

    public async ValueTask<ReadOnlyMemory<byte>> GetAsync(ReadOnlyMemory<byte> key)
    {
        if (_next == _count || !_keys[_next].Span.SequenceEqual(key.Span))
            await ReadAsync(key).ConfigureAwait(false);
        var at = _next++;
        return _destinations[at][.._lengths[at]];
    }

    private async ValueTask ReadAsync(ReadOnlyMemory<byte> first)
    {
        Name(first.Span);
        await using var match = await client.MatchAsync(_keys, deadline: Deadline).ConfigureAwait(false);
        _next = 0;
        _count = await client.ReadAsync(match, _destinations.AsMemory(0, match.Blocks.Count), Deadline).ConfigureAwait(false);
        if (_count == 0)
            throw new IOException("Nothing was matched and read.");
        for (var i = 0; i < _count; i++)
            _lengths[i] = match.Blocks[i].Length;
    }

    private void Name(ReadOnlySpan<byte> first)
    {
        var prefix = first.LastIndexOf((byte)':') + 1;
        if (!Utf8Parser.TryParse(first[prefix..], out long number, out _))
            throw new IOException("A key does not end in its number.");
        Span<byte> key = stackalloc byte[BlockKey.MaxLength];
        first[..prefix].CopyTo(key);
        for (var i = 0; i < Length; i++)
        {
            Utf8Formatter.TryFormat(number + i, key[prefix..], out var digits);
            _keys[i] = BlockKey.From(key[..(prefix + digits)]);
        }
    }
}
