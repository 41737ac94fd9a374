using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace KvOrleans.Contracts.Blocks;

/// <summary>SHA-256 (FIPS 180-4) of eight messages of equally many blocks, side by side: a lane of each vector is one message.</summary>
/// <remarks>
/// One message at a time costs some 350 ns in calls before anything is hashed; a chain has thousands of keys. Nothing here is secret: timing does not matter.
/// </remarks>
internal static class Sha256Lanes
{
    /// <summary>How many messages are hashed at once.</summary>
    public const int Count = 8;

    /// <summary>Bytes that are hashed together.</summary>
    public const int BlockBytes = 64;

    private const int LengthBytes = 8;
    private const int BlockWords = BlockBytes / sizeof(uint);
    private const int Rounds = 64;
    private const int StateWords = 8;

    /// <summary>Whether it is faster here than one after the other.</summary>
    public static bool IsFast => Vector256.IsHardwareAccelerated;

    /// <summary>How many blocks a message of <paramref name="length"/> bytes takes, padded.</summary>
    public static int BlocksOf(int length) => (length + 1 + LengthBytes + BlockBytes - 1) / BlockBytes;

    /// <summary>Pads a message in place.</summary>
    /// <param name="message">As many whole blocks as <see cref="BlocksOf"/> says, the message at the beginning.</param>
    /// <param name="length">The message's bytes.</param>
    public static void Pad(Span<byte> message, int length)
    {
        message[length] = 0x80;
        message[(length + 1)..^LengthBytes].Clear();
        BinaryPrimitives.WriteUInt64BigEndian(message[^LengthBytes..], (ulong)length * 8);
    }

    /// <summary>Hashes <see cref="Count"/> padded messages.</summary>
    /// <param name="messages">One behind the other, each of <paramref name="blocks"/> blocks.</param>
    /// <param name="blocks">The blocks of each.</param>
    /// <param name="first">Gets the first 128 bits of each hash.</param>
    public static void Hash(ReadOnlySpan<byte> messages, int blocks, Span<UInt128> first)
    {
        Span<Vector256<uint>> state = stackalloc Vector256<uint>[StateWords];
        for (var i = 0; i < StateWords; i++)
            state[i] = Vector256.Create(Initial[i]);
        Span<Vector256<uint>> words = stackalloc Vector256<uint>[Rounds];
        for (var block = 0; block < blocks; block++)
        {
            Gather(messages, blocks * BlockBytes, block * BlockBytes, MemoryMarshal.Cast<Vector256<uint>, uint>(words));
            Extend(words);
            Compress(state, words);
        }

        for (var lane = 0; lane < Count; lane++)
            first[lane] = new(Pair(state, 0, lane), Pair(state, 2, lane));
    }

    private static ReadOnlySpan<uint> Initial =>
        [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19];

    private static ReadOnlySpan<uint> Constants =>
    [
        0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
        0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
        0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
        0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
        0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
        0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
        0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
        0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
    ];

    private static ulong Pair(ReadOnlySpan<Vector256<uint>> state, int word, int lane) => ((ulong)state[word][lane] << 32) | state[word + 1][lane];

    /// <summary>Word n of each message becomes vector n.</summary>
    private static void Gather(ReadOnlySpan<byte> messages, int messageBytes, int offset, Span<uint> words)
    {
        for (var lane = 0; lane < Count; lane++)
        {
            var block = messages.Slice((lane * messageBytes) + offset, BlockBytes);
            for (var word = 0; word < BlockWords; word++)
                words[(word * Count) + lane] = BinaryPrimitives.ReadUInt32BigEndian(block[(word * sizeof(uint))..]);
        }
    }

    private static void Extend(Span<Vector256<uint>> words)
    {
        for (var t = BlockWords; t < Rounds; t++)
        {
            var (near, far) = (words[t - 2], words[t - 15]);
            var small1 = Rotate(near, 17) ^ Rotate(near, 19) ^ (near >>> 10);
            var small0 = Rotate(far, 7) ^ Rotate(far, 18) ^ (far >>> 3);
            words[t] = small1 + words[t - 7] + small0 + words[t - 16];
        }
    }

    private static void Compress(Span<Vector256<uint>> state, ReadOnlySpan<Vector256<uint>> words)
    {
        var (a, b, c, d) = (state[0], state[1], state[2], state[3]);
        var (e, f, g, h) = (state[4], state[5], state[6], state[7]);
        for (var t = 0; t < Rounds; t += StateWords)
        {
            Round(a, b, c, ref d, e, f, g, ref h, words[t] + Vector256.Create(Constants[t]));
            Round(h, a, b, ref c, d, e, f, ref g, words[t + 1] + Vector256.Create(Constants[t + 1]));
            Round(g, h, a, ref b, c, d, e, ref f, words[t + 2] + Vector256.Create(Constants[t + 2]));
            Round(f, g, h, ref a, b, c, d, ref e, words[t + 3] + Vector256.Create(Constants[t + 3]));
            Round(e, f, g, ref h, a, b, c, ref d, words[t + 4] + Vector256.Create(Constants[t + 4]));
            Round(d, e, f, ref g, h, a, b, ref c, words[t + 5] + Vector256.Create(Constants[t + 5]));
            Round(c, d, e, ref f, g, h, a, ref b, words[t + 6] + Vector256.Create(Constants[t + 6]));
            Round(b, c, d, ref e, f, g, h, ref a, words[t + 7] + Vector256.Create(Constants[t + 7]));
        }

        (state[0], state[1], state[2], state[3]) = (state[0] + a, state[1] + b, state[2] + c, state[3] + d);
        (state[4], state[5], state[6], state[7]) = (state[4] + e, state[5] + f, state[6] + g, state[7] + h);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Round(
        Vector256<uint> a, Vector256<uint> b, Vector256<uint> c, ref Vector256<uint> d,
        Vector256<uint> e, Vector256<uint> f, Vector256<uint> g, ref Vector256<uint> h, Vector256<uint> word)
    {
        var large1 = Rotate(e, 6) ^ Rotate(e, 11) ^ Rotate(e, 25);
        var choice = (e & f) ^ Vector256.AndNot(g, e);
        var first = h + large1 + choice + word;
        var large0 = Rotate(a, 2) ^ Rotate(a, 13) ^ Rotate(a, 22);
        var majority = (a & b) ^ (a & c) ^ (b & c);
        d += first;
        h = first + large0 + majority;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Rotate(Vector256<uint> words, [ConstantExpected] byte by) =>
        Avx512F.VL.IsSupported ? Avx512F.VL.RotateRight(words, by) : (words >>> by) | (words << (32 - by));
}
