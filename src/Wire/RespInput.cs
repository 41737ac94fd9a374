using System.Buffers;

namespace KvOrleans.Wire;

/// <summary>Buffered reading from a stream: small things are parsed from the buffer, payloads pass beside it. Not thread-safe.</summary>
/// <remarks>
/// The buffer is rented when bytes arrive and given back by <see cref="WaitAsync"/> while there are none, so that an idle connection
/// costs no buffer. It grows while a reader does not consume, to a bound.
/// </remarks>
public sealed class RespInput : IDisposable
{
    /// <summary>What is read ahead at the most, in bytes.</summary>
    public const int DefaultCapacity = 64 * 1024;

    private readonly Stream _stream;
    private readonly int _capacity;
    private readonly int _maxCapacity;
    private byte[]? _buffer;
    private int _start;
    private int _end;

    /// <summary>Reads from <paramref name="stream"/>, which stays the caller's.</summary>
    /// <param name="stream">Where bytes come from.</param>
    /// <param name="capacity">What is read ahead, in bytes; at least 16.</param>
    /// <param name="maxCapacity">The most that an unconsumed message may take, in bytes.</param>
    public RespInput(Stream stream, int capacity = DefaultCapacity, int maxCapacity = 1 << 20)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 16);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxCapacity, capacity);
        _stream = stream;
        _capacity = capacity;
        _maxCapacity = maxCapacity;
    }

    /// <summary>What has arrived and is not consumed. Valid until the next call that reads.</summary>
    public ReadOnlySpan<byte> Buffered => _buffer.AsSpan(_start, _end - _start);

    /// <summary>How much has arrived and is not consumed, in bytes.</summary>
    public int BufferedCount => _end - _start;

    /// <summary>Takes <paramref name="count"/> bytes off the front of <see cref="Buffered"/>.</summary>
    public void Consume(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)(_end - _start), nameof(count));
        _start += count;
        if (_start == _end)
            _start = _end = 0;
    }

    /// <summary>Waits until bytes can be read or the peer is gone, holding no buffer meanwhile when nothing is buffered.</summary>
    public ValueTask WaitAsync(CancellationToken cancellationToken)
    {
        if (_end != _start)
            return ValueTask.CompletedTask;
        GiveBack();
        var ready = _stream.ReadAsync(Memory<byte>.Empty, cancellationToken);
        if (ready.IsCompletedSuccessfully)
        {
            _ = ready.Result;
            return ValueTask.CompletedTask;
        }

        return Finish(ready);

        static async ValueTask Finish(ValueTask<int> ready) => await ready.ConfigureAwait(false);
    }

    /// <summary>Reads more into the buffer.</summary>
    /// <returns>False when the peer has ended the stream.</returns>
    /// <exception cref="RespProtocolException">The unconsumed message is as large as is accepted.</exception>
    public ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        MakeRoom();
        var read = _stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
        return read.IsCompletedSuccessfully ? new(Filled(read.Result)) : Finish(this, read);

        static async ValueTask<bool> Finish(RespInput input, ValueTask<int> read) => input.Filled(await read.ConfigureAwait(false));
    }

    /// <summary>Reads into <paramref name="destination"/>, what is buffered first, then straight from the stream.</summary>
    /// <returns>How many bytes were read: at least one, 0 when the peer has ended the stream or <paramref name="destination"/> is empty.</returns>
    public ValueTask<int> ReadAsync(Memory<byte> destination, CancellationToken cancellationToken)
    {
        if (destination.IsEmpty)
            return new(0);
        var buffered = Math.Min(_end - _start, destination.Length);
        if (buffered == 0)
            return _stream.ReadAsync(destination, cancellationToken);
        _buffer.AsSpan(_start, buffered).CopyTo(destination.Span);
        Consume(buffered);
        return new(buffered);
    }

    /// <summary>Gives the buffer back. The stream is not disposed of.</summary>
    public void Dispose() => GiveBack();

    private bool Filled(int count)
    {
        _end += count;
        return count > 0;
    }

    private void MakeRoom()
    {
        if (_buffer is null)
        {
            _buffer = ArrayPool<byte>.Shared.Rent(_capacity);
            return;
        }

        if (_end < _buffer.Length)
            return;
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
            return;
        }

        if (_buffer.Length >= _maxCapacity)
            throw new RespProtocolException($"Protocol error: too big request, at most {_maxCapacity} bytes beside the value");
        var larger = ArrayPool<byte>.Shared.Rent(Math.Min(_buffer.Length * 2, _maxCapacity));
        _buffer.AsSpan(0, _end).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }

    private void GiveBack()
    {
        if (Interlocked.Exchange(ref _buffer, null) is { } buffer)
            ArrayPool<byte>.Shared.Return(buffer);
        _start = _end = 0;
    }
}
