using System.Buffers;

namespace KvOrleans.Wire.Commands;

/// <summary>Reads commands, one after the other, out of a buffer that fills step by step. Never reads a byte twice. Not thread-safe.</summary>
/// <remarks>
/// <para>
/// Call <see cref="Read"/> with all that is buffered and not consumed. On <see cref="RespReadStatus.NeedMore"/> add bytes to the end and
/// call again. On <see cref="RespReadStatus.Command"/> the arguments are spans of that buffer: use them, then consume
/// <see cref="Consumed"/> bytes and call <see cref="Reset"/>.
/// </para>
/// <para>
/// On <see cref="RespReadStatus.Value"/> consume <see cref="Consumed"/> bytes, receive <see cref="ValueLength"/> bytes, call
/// <see cref="ValueReceived"/> and go on with <see cref="Read"/>. The arguments before the value are kept aside meanwhile.
/// </para>
/// </remarks>
public sealed class RespCommandReader(IValuePositions values) : IDisposable
{
    /// <summary>A value of at most this many bytes is an argument like any other, in the buffer.</summary>
    public const int InlineValueLimit = 16 * 1024;

    private const int LongestInline = 64 * 1024;
    private const int LongestHeader = 32;
    private const int FewArguments = 8;
    private const int MostArgumentsKept = 1024;

    private readonly record struct Argument(int Offset, int Length, bool Kept);

    private readonly Argument[] _few = new Argument[FewArguments];
    private Argument[]? _many; // rented
    private byte[] _kept = [];
    private int _keptCount;
    private int _expected = -1;
    private int _count;
    private int _position;
    private int _pendingLength = -1;
    private int _scanned;
    private int _valuePosition = -1;
    private bool _valueEnds;

    private Argument[] Arguments => _many ?? _few;

    /// <summary>What a command may ask for; may change between commands.</summary>
    public RespLimits Limits { get; set; } = new(1 << 20, 1 << 20, 256 << 20);

    /// <summary>How many bytes of the buffer the last answer has used.</summary>
    public int Consumed { get; private set; }

    /// <summary>How many arguments the command has, the name among them; 0 for an empty line.</summary>
    public int Count => _count;

    /// <summary>The index of the value that was received beside the buffer, or -1.</summary>
    public int ReceivedValue { get; private set; } = -1;

    /// <summary>The bytes of the value that begins where the last answer ended.</summary>
    public int ValueLength { get; private set; }

    /// <summary>True when part of a command has been read.</summary>
    public bool IsUnderWay => _expected >= 0 || _scanned > 0;

    /// <summary>Argument <paramref name="index"/> in <paramref name="buffered"/>, the buffer that <see cref="Read"/> last saw.</summary>
    public ReadOnlySpan<byte> GetArgument(ReadOnlySpan<byte> buffered, int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)_count, nameof(index));
        var argument = Arguments[index];
        return (argument.Kept ? _kept : buffered).Slice(argument.Offset, argument.Length);
    }

    /// <summary>The arguments from <paramref name="first"/> on as ranges of one buffer, for commands of many.</summary>
    /// <param name="buffered">The buffer that <see cref="Read"/> last saw.</param>
    /// <param name="first">The first argument wanted; no value received beside the buffer may come at it or after it.</param>
    /// <param name="ranges">Where the ranges go; as long as there are arguments from <paramref name="first"/> on.</param>
    /// <returns>The buffer in which the ranges lie.</returns>
    public ReadOnlySpan<byte> GetRanges(ReadOnlySpan<byte> buffered, int first, Span<(int Offset, int Length)> ranges)
    {
        var arguments = Arguments.AsSpan(first, _count - first);
        for (var i = 0; i < arguments.Length; i++)
            ranges[i] = (arguments[i].Offset, arguments[i].Length);
        return arguments is [{ Kept: true }, ..] ? _kept : buffered;
    }

    /// <summary>Goes on reading.</summary>
    /// <exception cref="RespProtocolException">The bytes are not a command, or ask for more than <see cref="Limits"/>.</exception>
    public RespReadStatus Read(ReadOnlySpan<byte> buffered)
    {
        if (_expected < 0)
        {
            if (buffered.IsEmpty)
                return RespReadStatus.NeedMore;
            if (buffered[0] != '*')
                return ReadInline(buffered);
            if (!TryReadHeader(buffered, "multibulk length", Limits.MaxArguments, out var count))
            {
                _scanned = buffered.Length;
                return RespReadStatus.NeedMore;
            }

            if (count <= 0)
                return Complete();
            _expected = count;
        }

        if (_valueEnds && !TrySkipLineEnd(buffered))
            return RespReadStatus.NeedMore;
        while (_count < _expected)
        {
            if (_pendingLength < 0 && !TryReadLength(buffered))
                return RespReadStatus.NeedMore;
            if (_count == _valuePosition && _pendingLength > InlineValueLimit)
                return BeginValue(buffered);
            if (buffered.Length - _position - 2 < _pendingLength)
                return RespReadStatus.NeedMore;
            TakeArgument(buffered);
        }

        return Complete();
    }

    /// <summary>The value has been received: go on behind it, with a buffer that begins there.</summary>
    public void ValueReceived()
    {
        ReceivedValue = _count;
        Add(new(0, 0, Kept: true));
        _position = 0;
        _pendingLength = -1;
        _valueEnds = true;
    }

    /// <summary>Forgets the command, for the next one.</summary>
    public void Reset()
    {
        _expected = -1;
        _count = 0;
        _position = 0;
        _scanned = 0;
        _pendingLength = -1;
        _valuePosition = -1;
        _valueEnds = false;
        ReceivedValue = -1;
        Consumed = 0;
        if (_keptCount > 0)
            GiveBackKept();
        if (_many?.Length > MostArgumentsKept)
            UseMany(null);
    }

    /// <summary>Gives back what was rented.</summary>
    public void Dispose()
    {
        UseMany(null);
        GiveBackKept();
    }

    private RespReadStatus Complete()
    {
        Consumed = _position;
        return RespReadStatus.Command;
    }

    private bool TryReadLength(ReadOnlySpan<byte> buffered)
    {
        if (_position >= buffered.Length)
            return false;
        if (buffered[_position] != '$')
            throw new RespProtocolException($"Protocol error: expected '$', got '{Printable(buffered[_position])}'");
        var isValue = _count > 0 && _count == _valuePosition;
        if (!TryReadHeader(buffered, "bulk length", isValue ? Limits.MaxValueBytes : Limits.MaxArgumentBytes, out var length))
            return false;
        if (length < 0)
            throw new RespProtocolException("Protocol error: invalid bulk length");
        _pendingLength = length;
        return true;
    }

    private RespReadStatus BeginValue(ReadOnlySpan<byte> buffered)
    {
        for (var i = 0; i < _count; i++)
            Arguments[i] = Keep(buffered.Slice(Arguments[i].Offset, Arguments[i].Length));
        ValueLength = _pendingLength;
        Consumed = _position;
        return RespReadStatus.Value;
    }

    private void TakeArgument(ReadOnlySpan<byte> buffered)
    {
        Add(new(_position, _pendingLength, Kept: false));
        _position += _pendingLength;
        _pendingLength = -1;
        if (buffered[_position] != '\r' || buffered[_position + 1] != '\n')
            throw new RespProtocolException("Protocol error: invalid bulk length");
        _position += 2;
        if (_count == 1)
            _valuePosition = values.ValuePosition(GetArgument(buffered, 0), _expected);
    }

    private bool TrySkipLineEnd(ReadOnlySpan<byte> buffered)
    {
        if (buffered.Length < 2)
            return false;
        if (buffered[0] != '\r' || buffered[1] != '\n')
            throw new RespProtocolException("Protocol error: invalid bulk length");
        _position = 2;
        _valueEnds = false;
        return true;
    }

    /// <summary>Reads <c>*n\r\n</c> or <c>$n\r\n</c> at the position; the type byte has been looked at.</summary>
    private bool TryReadHeader(ReadOnlySpan<byte> buffered, string what, int limit, out int number)
    {
        number = 0;
        var rest = buffered[_position..];
        var end = rest[..Math.Min(rest.Length, LongestHeader)].IndexOf((byte)'\n');
        if (end < 0)
        {
            if (rest.Length >= LongestHeader)
                throw new RespProtocolException("Protocol error: invalid " + what);
            return false;
        }

        var digits = rest[1..end];
        if (!digits.EndsWith("\r"u8) || !CanonicalInteger.TryParse(digits[..^1], out var parsed) || parsed > int.MaxValue)
            throw new RespProtocolException("Protocol error: invalid " + what);
        if (parsed > limit)
            throw new RespProtocolException($"Protocol error: {(Limits == RespLimits.Unauthenticated ? "unauthenticated" : "invalid")} {what}");
        number = (int)Math.Max(parsed, -1);
        _position += end + 1;
        return true;
    }

    private RespReadStatus ReadInline(ReadOnlySpan<byte> buffered)
    {
        var end = buffered[_scanned..].IndexOf((byte)'\n');
        if (end < 0)
        {
            _scanned = buffered.Length;
            if (buffered.Length > LongestInline)
                throw new RespProtocolException("Protocol error: too big inline request");
            return RespReadStatus.NeedMore;
        }

        end += _scanned;
        if (end > LongestInline)
            throw new RespProtocolException("Protocol error: too big inline request");
        var line = buffered[..end];
        if (line.EndsWith("\r"u8))
            line = line[..^1];
        var at = 0;
        while (InlineWords.TryTake(line, ref at, out var word))
        {
            if (_count >= Limits.MaxArguments)
                throw new RespProtocolException("Protocol error: too many arguments");
            var text = line.Slice(word.Offset, word.Length);
            Add(word.Quoted ? KeepUnquoted(text) : Keep(text)); // all of them, so that they are ranges of one buffer
        }

        _position = end + 1;
        if (_count > 0 && values.ValuePosition(GetArgument(buffered, 0), _count) is var value and > 0 && value < _count
            && Arguments[value].Length > Limits.MaxValueBytes)
        {
            throw new RespProtocolException("Protocol error: invalid bulk length");
        }

        return Complete();
    }

    private Argument KeepUnquoted(ReadOnlySpan<byte> quoted)
    {
        Span<byte> text = quoted.Length <= 1024 ? stackalloc byte[1024] : new byte[quoted.Length];
        return Keep(text[..InlineWords.Unquote(quoted, text)]);
    }

    private Argument Keep(ReadOnlySpan<byte> bytes)
    {
        if (_kept.Length - _keptCount < bytes.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(1024, Math.Max(_kept.Length * 2, _keptCount + bytes.Length)));
            _kept.AsSpan(0, _keptCount).CopyTo(larger);
            if (_kept.Length > 0)
                ArrayPool<byte>.Shared.Return(_kept);
            _kept = larger;
        }

        bytes.CopyTo(_kept.AsSpan(_keptCount));
        var argument = new Argument(_keptCount, bytes.Length, Kept: true);
        _keptCount += bytes.Length;
        return argument;
    }

    private void Add(Argument argument)
    {
        if (_count == Arguments.Length)
        {
            var larger = ArrayPool<Argument>.Shared.Rent(Arguments.Length * 2);
            Arguments.CopyTo(larger, 0);
            UseMany(larger);
        }

        Arguments[_count++] = argument;
    }

    private void UseMany(Argument[]? arguments)
    {
        if (_many is not null)
            ArrayPool<Argument>.Shared.Return(_many);
        _many = arguments;
    }

    private void GiveBackKept()
    {
        if (_kept.Length > 0)
            ArrayPool<byte>.Shared.Return(_kept);
        _kept = [];
        _keptCount = 0;
    }

    private static char Printable(byte value) => value is >= 32 and < 127 ? (char)value : '?';
}
