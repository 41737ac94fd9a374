using System.IO.Compression;
using System.Text;
using KvOrleans.Cli.Traces;

namespace KvOrleans.Cli.Tests.Traces;

public sealed class TraceReaderTests
{
    private const string Good = """
        {"timestamp": 5, "input_length": 10, "output_length": 3, "hash_ids": [1, 2, 18446744073709551615, -4]}

        {"timestamp": 7.5, "input_length": 0, "hash_ids": [], "session_id": "x"}

        """;

    [Fact]
    public void Read_PlainLines_GivesTheRequests() => AssertGood(TraceReader.Read(Plain(Good), "t"));

    [Fact]
    public void Read_GzippedLines_GivesTheRequests() => AssertGood(TraceReader.Read(Gzipped(Good), "t"));

    [Fact]
    public void Read_FromAPipe_GivesTheRequests() => AssertGood(TraceReader.Read(new Pipe(Gzipped(Good)), "t"));

    [Fact]
    public void Read_WithALimit_DoesNotLookFurther() =>
        Assert.Single(TraceReader.Read(Plain("""{"timestamp":0,"input_length":1,"hash_ids":[1]}""" + "\nrubbish"), "t", limit: 1));

    [Theory]
    [InlineData("rubbish", "not valid JSON at character 1")]
    [InlineData("{\"timestamp\": 1,", "not valid JSON")]
    [InlineData("[1]", "expected an object")]
    [InlineData("{\"input_length\":1,\"hash_ids\":[]}", "'timestamp' is missing")]
    [InlineData("{\"timestamp\":\"now\",\"input_length\":1,\"hash_ids\":[]}", "'timestamp' must be a number of milliseconds, found \"now\"")]
    [InlineData("{\"timestamp\":1,\"hash_ids\":[]}", "'input_length' is missing")]
    [InlineData("{\"timestamp\":1,\"input_length\":-1,\"hash_ids\":[]}", "'input_length' must be a whole number")]
    [InlineData("{\"timestamp\":1,\"input_length\":1}", "'hash_ids' is missing")]
    [InlineData("{\"timestamp\":1,\"input_length\":1,\"hash_ids\":7}", "'hash_ids' must be an array")]
    [InlineData("{\"timestamp\":1,\"input_length\":1,\"hash_ids\":[1,2.5]}", "'hash_ids[1]' must be a whole number")]
    [InlineData("{\"timestamp\":1,\"input_length\":1,\"hash_ids\":[null]}", "'hash_ids[0]' must be a whole number of at most 64 bits, found null")]
    public void Read_BadLine_NamesFileLineAndFault(string line, string fault)
    {
        var error = Assert.Throws<TraceException>(() => TraceReader.Read(Plain("""{"timestamp":0,"input_length":1,"hash_ids":[1]}""" + "\n\n" + line), "chat.jsonl"));

        Assert.StartsWith("chat.jsonl, line 3: ", error.Message);
        Assert.Contains(fault, error.Message);
    }

    [Fact]
    public void Read_CutOffGzip_SaysSo()
    {
        var lines = string.Join('\n', Enumerable.Range(0, 5_000).Select(id => $$"""{"timestamp":{{id}},"input_length":1,"hash_ids":[{{id}}]}"""));
        var whole = Gzipped(lines).ToArray();
        whole.AsSpan(whole.Length / 2, 200).Fill(0xff);

        var error = Assert.Throws<TraceException>(() => TraceReader.Read(new MemoryStream(whole), "chat.jsonl.gz"));

        Assert.StartsWith("chat.jsonl.gz", error.Message);
    }

    [Fact]
    public void Read_Binary_SaysWhatATraceIs()
    {
        var error = Assert.Throws<TraceException>(() => TraceReader.Read(new MemoryStream([0x89, 0x50, 0x4e, 0x47, 0x0a]), "photo.png"));

        Assert.Contains("JSON lines", error.Message);
    }

    [Fact]
    public void Read_NoRequests_SaysSo() =>
        Assert.Equal("empty.jsonl holds no requests.", Assert.Throws<TraceException>(() => TraceReader.Read(Plain("\n\n"), "empty.jsonl")).Message);

    [Fact]
    public void Read_NoSuchFile_NamesIt() =>
        Assert.Contains("no-such.jsonl", Assert.Throws<TraceException>(() => TraceReader.Read("no-such.jsonl")).Message);

    private static void AssertGood(IReadOnlyList<TraceRequest> requests)
    {
        Assert.Equal(2, requests.Count);
        Assert.Equal((5, 10), (requests[0].TimestampMilliseconds, requests[0].InputLength));
        Assert.Equal([1, 2, -1, -4], requests[0].BlockIds);
        Assert.Equal(7.5, requests[1].TimestampMilliseconds);
        Assert.Empty(requests[1].BlockIds);
    }

    private static MemoryStream Plain(string text) => new(Encoding.UTF8.GetBytes(text));

    private static MemoryStream Gzipped(string text)
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(Encoding.UTF8.GetBytes(text));
        packed.Position = 0;
        return packed;
    }

    private sealed class Pipe(Stream inner) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, count);

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
