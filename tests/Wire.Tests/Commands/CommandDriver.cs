using KvOrleans.Wire.Commands;

namespace KvOrleans.Wire.Tests.Commands;

/// <summary>Reads a stream of commands to its end, as a connection does.</summary>
internal static class CommandDriver
{
    public static Task<Transcript> RunAsync(string text, RespLimits? limits = null) => RunAsync(Latin1.Bytes(text), [int.MaxValue], limits);

    public static async Task<Transcript> RunAsync(byte[] bytes, int[] chunks, RespLimits? limits = null, int capacity = 64, int maxCapacity = 1 << 20)
    {
        var transcript = new Transcript();
        using var input = new RespInput(new Streams.ChunkedStream(bytes, chunks), capacity, maxCapacity);
        using var reader = new RespCommandReader(new NumberedValuePositions());
        reader.Limits = limits ?? reader.Limits;
        try
        {
            transcript.End = await ReadAllAsync(input, reader, transcript) ? Transcript.Whole : Transcript.Partial;
        }
        catch (RespProtocolException exception)
        {
            transcript.End = exception.Message;
        }

        return transcript;
    }

    private static async Task<bool> ReadAllAsync(RespInput input, RespCommandReader reader, Transcript transcript)
    {
        byte[] value = [];
        while (true)
        {
            switch (reader.Read(input.Buffered))
            {
                case RespReadStatus.NeedMore:
                    Assert.True(reader.IsUnderWay || input.BufferedCount == 0);
                    if (!await input.FillAsync(CancellationToken.None))
                        return !reader.IsUnderWay;
                    transcript.LargestBuffer = Math.Max(transcript.LargestBuffer, input.BufferedCount);
                    break;
                case RespReadStatus.Value:
                    Assert.InRange(reader.ValueLength, RespCommandReader.InlineValueLimit + 1, reader.Limits.MaxValueBytes);
                    input.Consume(reader.Consumed);
                    value = new byte[reader.ValueLength];
                    if (!await ReceiveAsync(input, value))
                        return false;
                    reader.ValueReceived();
                    break;
                default:
                    transcript.ReceivedValues.Add(reader.ReceivedValue);
                    transcript.Commands.Add(Collect(input, reader, value));
                    input.Consume(reader.Consumed);
                    reader.Reset();
                    value = [];
                    break;
            }
        }
    }

    private static async Task<bool> ReceiveAsync(RespInput input, Memory<byte> value)
    {
        while (!value.IsEmpty)
        {
            var count = await input.ReadAsync(value, CancellationToken.None);
            if (count == 0)
                return false;
            value = value[count..];
        }

        return true;
    }

    private static byte[][] Collect(RespInput input, RespCommandReader reader, byte[] value)
    {
        var arguments = new byte[reader.Count][];
        for (var i = 0; i < arguments.Length; i++)
            arguments[i] = i == reader.ReceivedValue ? value : reader.GetArgument(input.Buffered, i).ToArray();
        return arguments;
    }
}
