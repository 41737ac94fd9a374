using System.Net;
using System.Text;
using System.Text.Json;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Cluster;
using KvOrleans.Contracts.Heat;
using KvOrleans.Contracts.Watching;
using KvOrleans.Probes.Clocks;
using KvOrleans.Silo.Tests.Hosting;
using KvOrleans.Silo.Watching;

namespace KvOrleans.Silo.Tests.Watching;

public sealed class ClusterPictureTests
{
    private static readonly SiloDescriptor A = Silo("a", 1);
    private static readonly SiloDescriptor B = Silo("b", 2);

    private readonly ManualTimeProvider _time = new();
    private readonly ClusterPicture _picture;

    public ClusterPictureTests()
    {
        _picture = new(_time);
        _picture.Follow(new(1, [A, B]));
        _picture.Take("a", A.Life, Snapshot());
        _picture.Take("b", B.Life, Snapshot());
    }

    [Fact]
    public void State_OfASiloThatTellsNothingMore_IsSilentAndThenGone()
    {
        Assert.Equal("ready", StateOf("b"));

        _time.Advance(ClusterPicture.LongestSilence + TimeSpan.FromSeconds(1));
        _picture.Take("a", A.Life, Snapshot());
        Assert.Equal("silent", StateOf("b"));
        Assert.Equal("ready", StateOf("a"));

        _picture.Follow(new(2, [A]));
        Assert.Equal("gone", StateOf("b"));

        _time.Advance(ClusterPicture.Remembered + TimeSpan.FromSeconds(1));
        _picture.Follow(new(2, [A]));
        Assert.Null(_picture.Find("b"));
    }

    [Fact]
    public void Take_FromAnEarlierLife_IsPassedBy()
    {
        _picture.Follow(new(2, [A, Silo("b", 3)]));

        _picture.Take("b", B.Life, Snapshot());

        Assert.Equal("asked", StateOf("b"));
    }

    [Fact]
    public void Follow_ManyThatCameAndWent_ForgetsTheEarliest()
    {
        for (ulong i = 10; i < 200; i++)
            _picture.Follow(new((long)i, [A, Silo($"x{i}", i)]));

        Assert.InRange(_picture.Silos.Count, 2, 40);
    }

    [Fact]
    public void Write_News_TellsOnlyWhatIsNew()
    {
        _picture.Take("a", A.Life, Snapshot() with { Samples = [new(1, 0, 0, 0), new(2, 0, 0, 0)], SampleNumber = 2, Events = [new(1, SiloEventKind.Began, "", 0, 0)] });
        Assert.Equal((2, 1), Counts(Read(isWhole: false)));
        _picture.Settle();
        _picture.Take("a", A.Life, Snapshot() with { Samples = [new(3, 0, 0, 0)], SampleNumber = 3, Events = [new(1, SiloEventKind.Began, "", 0, 0), new(2, SiloEventKind.Ready, "", 0, 0)] });

        Assert.Equal((1, 1), Counts(Read(isWhole: false)));
        Assert.Equal((3, 2), Counts(Read(isWhole: true)));
    }

    [Fact]
    public void Write_ABlockThatSeveralRead_AddsTheirRatesUpUnlessItsOwnerTells()
    {
        var (cold, hot) = (BlockKey.From("kv:m/1"), BlockKey.From("kv:m/2"));
        _picture.Take("a", A.Life, Snapshot() with { Read = [Block(cold, 100, A), Block(hot, 100, A)], Spread = [Block(hot, 900, A, B)] });
        _picture.Take("b", B.Life, Snapshot() with { Read = [Block(cold, 50, B), Block(hot, 800, B)] });

        var blocks = Read(isWhole: true).GetProperty("hot");

        Assert.Equal(
            [("kv:m/2", 900, "a b"), ("kv:m/1", 150, "a b")],
            blocks.EnumerateArray().Select(block => (
                block.GetProperty("key").GetString(), block.GetProperty("rate").GetInt32(),
                string.Join(' ', block.GetProperty("holders").EnumerateArray().Select(name => name.GetString())))));
    }

    private static (int Samples, int Events) Counts(JsonElement picture) =>
        (picture.GetProperty("silos")[0].GetProperty("samples").GetArrayLength(), picture.GetProperty("events").GetArrayLength());

    private string? StateOf(string name) =>
        Read(isWhole: true).GetProperty("silos").EnumerateArray().Single(silo => silo.GetProperty("name").GetString() == name).GetProperty("state").GetString();

    private JsonElement Read(bool isWhole)
    {
        var text = Encoding.UTF8.GetString(PictureWriter.Write(_picture, "a", isWhole));
        Assert.DoesNotContain('\n', text);
        return JsonDocument.Parse(text).RootElement;
    }

    private static SiloDescriptor Silo(string name, ulong life) => new(name, "zone-a", 1, new IPEndPoint(IPAddress.Loopback, 6380), new(life));

    private static HotBlock Block(BlockKey key, long rate, params SiloDescriptor[] holders) => new(key, default, 4096, rate, [.. holders.Select(silo => silo.Life)]);

    private static SiloSnapshot Snapshot() => new()
    {
        NotReady = null,
        IsDraining = false,
        IsCutOff = false,
        MapId = 1,
        UptimeSeconds = 1,
        Tiers = [new("memory", 1, 2)],
        Blocks = 0,
        Copies = 0,
        ExtraCopies = 0,
        Leases = 0,
        LeasedBytes = 0,
        Connections = 0,
        Evictions = 0,
        RepairPendingBlocks = 0,
        RepairPendingBytes = 0,
        RepairBytesTotal = 0,
        HandoffPending = 0,
        DrainOffered = 0,
        DrainOpen = 0,
        HotBlocks = 0,
        Spread = [],
        Read = [],
        SampleNumber = 0,
        Samples = [],
        Events = [],
    };
}
