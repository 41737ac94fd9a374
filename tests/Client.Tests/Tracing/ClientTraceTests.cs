using System.Collections.Concurrent;
using System.Diagnostics;
using KvOrleans.Client.Reading;
using KvOrleans.Client.Tests.Scripted;
using KvOrleans.Contracts.Blocks;

namespace KvOrleans.Client.Tests.Tracing;

/// <summary>A client tells silos which trace a call belongs to, where they take it and the trace is recorded, and reads its replies all the same.</summary>
[Collection(ListeningCollection.Name)]
public sealed class ClientTraceTests : IDisposable
{
    private static readonly byte[] Payload = TestClient.Bytes(1000);

    private readonly ActivitySource _caller = new("KvOrleans.Client.Tests.Caller");
    private readonly ConcurrentQueue<Activity> _ended = [];
    private readonly ActivityListener _listener;
    private bool _records = true;

    public ClientTraceTests()
    {
        _listener = new()
        {
            ShouldListenTo = source => source.Name.StartsWith("KvOrleans", StringComparison.Ordinal),
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => _records ? ActivitySamplingResult.AllDataAndRecorded : ActivitySamplingResult.PropagationData,
            ActivityStopped = _ended.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public void Dispose()
    {
        _listener.Dispose();
        _caller.Dispose();
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task Calls_OfATrace_AreToldToSilosThatTakeIt(bool isRecorded, bool takesTraces)
    {
        _records = isRecorded;
        using var silo = new ScriptedSilo();
        silo.Script = async (connection, command) =>
        {
            if (command[0] != "KV.TRACE" || !takesTraces)
                return false;
            if (command.Length == 1)
                await connection.SendAsync("+OK\r\n"u8.ToArray());
            return true;
        };
        silo.Put("kv:m/there", Payload);
        await using var client = await TestClient.OfAsync(silo);
        var memory = new byte[Payload.Length];

        using (var call = _caller.StartActivity("call"))
        {
            Assert.NotNull(call);
            Assert.Equal(BlockReadOutcome.Hit, (await client.ReadAsync(BlockKey.From("kv:m/there"), memory)).Outcome);
            Assert.Equal(Payload, memory);
            Assert.Single((await client.MatchAsync(new[] { BlockKey.From("kv:m/there") })).Blocks);
            await client.WriteAsync(BlockKey.From("kv:m/new"), Payload);

            var heard = silo.Heard.Select(one => one.Command).Where(command => command[0] is "KV.TRACE" or "KV.GET" or "KV.MATCH" or "KV.SET")
                .Where(command => command.Length > 1).ToList();
            var told = heard.Where(command => command[0] == "KV.TRACE").Select(command => command[1].Split('-')).ToList();
            if (!isRecorded || !takesTraces)
            {
                Assert.Empty(told);
                return;
            }

            Assert.Equal(["KV.TRACE", "KV.GET", "KV.TRACE", "KV.MATCH", "KV.TRACE", "KV.SET"], heard.Select(command => command[0]));
            Assert.All(told, parent => Assert.Equal(("00", call.TraceId.ToString(), "01"), (parent[0], parent[1], parent[3])));
            var calls = _ended.Where(activity => activity.TraceId == call.TraceId).ToList();
            Assert.Equal(["read", "match", "write"], calls.Select(activity => activity.OperationName));
            Assert.Equal(calls.Select(activity => activity.SpanId.ToString()), told.Select(parent => parent[2]));
            Assert.All(calls, activity => Assert.Empty(activity.TagObjects));
        }
    }
}
