using System.Net;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Cluster;
using KvOrleans.Contracts.Control;
using KvOrleans.Contracts.Heat;
using KvOrleans.Contracts.Watching;

namespace KvOrleans.Contracts.Tests.Wire;

/// <summary>A value of each wire type and its bytes. The bytes never change; a type that grows gets a further value.</summary>
internal static class WireValues
{
    private static readonly SiloLife Life = new(0x0123456789abcdef);

    private static readonly BlockVersion Version = new(12, Life, 345, 6);

    private static readonly BlockKey Key = BlockKey.From("kv:model/0123");

    private static readonly SiloDescriptor Silo = new("silo-0", "zone-a", 3, new IPEndPoint(IPAddress.Parse("10.1.2.3"), 6380), Life);

    private static readonly OfferedBlock Offered = new(Key, Version, 2 << 20, new(0xfedcba9876543210));

    public static IReadOnlyDictionary<string, (object Value, string Hex)> All { get; } = new Dictionary<string, (object, string)>
    {
        ["SiloLife"] = (
            Life,
            "3001049eb5d6254b764f726c65616e732e53696c6f4c696665e880efcdab8967452301e0"),
        ["KeyId"] = (
            KeyId.Of("kv:model/0123"u8),
            "300178f150cc1f4b764f726c65616e732e4b65794964e84021f4f5f2721eb199ed87ca16fdb0f1641fe0"),
        ["BlockKey"] = (
            Key,
            "300170bee314254b764f726c65616e732e426c6f636b4b6579401b6b763a6d6f64656c2f30313233e0"),
        ["BlockChecksum"] = (
            new BlockChecksum(0xfedcba9876543210),
            "300166e227502f4b764f726c65616e732e426c6f636b436865636b73756de8801032547698badcfee0"),
        ["BlockVersion"] = (
            Version,
            "3001cfce4b0c2d4b764f726c65616e732e426c6f636b56657273696f6ee8003121e880efcdab8967452301e001ca0a010de0"),
        ["BlockVersion, none"] = (
            default(BlockVersion),
            "3001cfce4b0c2d4b764f726c65616e732e426c6f636b56657273696f6ee8000121e80001e001010101e0"),
        ["BlockInfo"] = (
            new BlockInfo(Version, 2 << 20, new(0xfedcba9876543210), TimeSpan.FromSeconds(90), 2),
            "3001e7f75dc3274b764f726c65616e732e426c6f636b496e666fe820e8003121e880efcdab8967452301e001ca0a010de0610000200021e880103254"
            + "7698badcfee08100e9a435000000000109e0"),
        ["BlockInfo, for ever"] = (
            new BlockInfo(Version, 0, default, null, 0),
            "3001e7f75dc3274b764f726c65616e732e426c6f636b496e666fe820e8003121e880efcdab8967452301e001ca0a010de0010121e80001e0c1010101"
            + "e0"),
        ["WriteCondition, any"] = (
            WriteCondition.Any,
            "30015545a2cc314b764f726c65616e732e5772697465436f6e646974696f6ee808030121e8000121e80001e001010101e0e0"),
        ["WriteCondition, absent"] = (
            WriteCondition.Absent,
            "30015545a2cc314b764f726c65616e732e5772697465436f6e646974696f6ee808030521e8000121e80001e001010101e0e0"),
        ["WriteCondition, present"] = (
            WriteCondition.Present,
            "30015545a2cc314b764f726c65616e732e5772697465436f6e646974696f6ee808030921e8000121e80001e001010101e0e0"),
        ["WriteCondition, exactly"] = (
            WriteCondition.Exactly(Version),
            "30015545a2cc314b764f726c65616e732e5772697465436f6e646974696f6ee808030d21e8003121e880efcdab8967452301e001ca0a010de0e0"),
        ["SiloDescriptor"] = (
            Silo,
            "3001ace183fe314b764f726c65616e732e53696c6f44657363726970746f72e8400d73696c6f2d30410d7a6f6e652d61010d2140090a01020301b263"
            + "e021e880efcdab8967452301e0e0"),
        ["SiloDescriptor, IPv6"] = (
            Silo with { DataPlane = new(IPAddress.IPv6Loopback, 6380), Zone = "" },
            "3001ace183fe314b764f726c65616e732e53696c6f44657363726970746f72e8400d73696c6f2d304101010d21402100000000000000000000000000"
            + "00000101b263e021e880efcdab8967452301e0e0"),
        ["ClusterMap"] = (
            new ClusterMap(9, [Silo, Silo with { Name = "silo-1" }]),
            "3001076aa0f1294b764f726c65616e732e436c75737465724d6170e800252120000521e8400d73696c6f2d30410d7a6f6e652d61010d2140090a0102"
            + "0301b263e021e880efcdab8967452301e0e020e8400d73696c6f2d31c111010dc11521e880efcdab8967452301e0e0e0e001010101e0"),
        ["ClusterMap, empty"] = (
            new ClusterMap(0, []),
            "3001076aa0f1294b764f726c65616e732e436c75737465724d6170e800012120e0e001010101e0"),
        ["BlockDecision"] = (
            new BlockDecision(DecisionOutcome.Conflict, Version),
            "300135cde51f2f4b764f726c65616e732e426c6f636b4465636973696f6ee808030521e8003121e880efcdab8967452301e001ca0a010de0e0"),
        ["BlockDecision, busy"] = (
            new BlockDecision(DecisionOutcome.Busy, default),
            "300135cde51f2f4b764f726c65616e732e426c6f636b4465636973696f6ee808031921e8000121e80001e001010101e0e0"),
        ["CommitRequest"] = (
            new CommitRequest(Key, 77, WriteCondition.Exactly(Version), TimeSpan.FromMilliseconds(1500), true, 9),
            "3001fd7f8fe52f4b764f726c65616e732e436f6d6d697452657175657374e820401b6b763a6d6f64656c2f30313233e0016a0221e808030d21e80031"
            + "21e880efcdab8967452301e001ca0a010de0e081c0e1e4000000000001030125091501e0"),
        ["CommitRequest, for ever"] = (
            new CommitRequest(Key, 1, WriteCondition.Any, null, false, 1),
            "3001fd7f8fe52f4b764f726c65616e732e436f6d6d697452657175657374e820401b6b763a6d6f64656c2f30313233e0010521e808030121e8000121"
            + "e80001e001010101e0e0c10101010105091501e0"),
        ["ClusterMap, of an incarnation"] = (
            new ClusterMap(9, [Silo], 0xfeedfacecafebeef, 0x1234),
            "3001076aa0f1294b764f726c65616e732e436c75737465724d6170e800252120000321e8400d73696c6f2d30410d7a6f6e652d61010d2140090a0102"
            + "0301b263e021e880efcdab8967452301e0e0e0e081efbefecacefaedfe01d248e0"),
        ["CommitRequest, replicated"] = (
            new CommitRequest(Key, 1, WriteCondition.Absent, null, false, 1, WriteConcern.Replicated),
            "3001fd7f8fe52f4b764f726c65616e732e436f6d6d697452657175657374e820401b6b763a6d6f64656c2f30313233e0010521e808030521e8000121"
            + "e80001e001010101e0e0c10101010105091503e0"),
        ["MapPosition"] = (
            new MapPosition(0xfeedfacecafebeef, 12, 0x1234),
            "3001326dfdb92b4b764f726c65616e732e4d6170506f736974696f6ee880efbefecacefaedfe013101d248e0"),
        ["OfferedBlock"] = (
            Offered,
            "30011cd949d02d4b764f726c65616e732e4f666665726564426c6f636be820401b6b763a6d6f64656c2f30313233e021e8003121e880efcdab896745"
            + "2301e001ca0a010de0610000200021e8801032547698badcfee0e0"),
        ["BlockOffer"] = (
            new BlockOffer(OfferReason.Drain, Life, [Offered, Offered with { Length = 0 }]),
            "3001543e1997294b764f726c65616e732e426c6f636b4f66666572e808150521e880efcdab8967452301e02120000521e820401b6b763a6d6f64656c"
            + "2f30313233e021e8003121e880efcdab8967452301e001ca0a010de0610000200021e8801032547698badcfee0e020e820c015e021e8003121e880ef"
            + "cdab8967452301e001ca0a010de0010121e8801032547698badcfee0e0e0e0e0"),
        ["DroppedCopy"] = (
            new DroppedCopy(Key, Version),
            "3001036bebfc2b4b764f726c65616e732e44726f70706564436f7079"
            + "e820401b6b763a6d6f64656c2f30313233e021e8003121e880efcdab8967452301e001ca0a010de0e0"),
        ["BlockOffer, of a spare copy"] = (
            new BlockOffer(OfferReason.Spare, Life, [Offered]),
            "3001543e1997294b764f726c65616e732e426c6f636b4f66666572e808150721e880efcdab8967452301e021200003"
            + "21e820401b6b763a6d6f64656c2f30313233e021e8003121e880efcdab8967452301e001ca0a010de0610000200021e8801032547698badcfee0e0e0e0e0"),
        ["OfferAnswer"] = (
            new OfferAnswer(0x8000000000000001, 2),
            "3001aeb1101e2b4b764f726c65616e732e4f66666572416e73776572e88001000000000000800105e0"),
        ["Tombstone"] = (
            new Tombstone(KeyId.Of("kv:model/0123"u8), Version, TimeSpan.FromMinutes(3)),
            "30013dabaae1274b764f726c65616e732e546f6d6273746f6e65e820e84021f4f5f2721eb199ed87ca16fdb0f1641fe021e8003121e880efcdab8967"
            + "452301e001ca0a010de08100d2496b00000000e0"),
        ["TombstonePage"] = (
            new TombstonePage([new(KeyId.Of("kv:model/0123"u8), Version, TimeSpan.FromMinutes(3))], 4097, TimeSpan.FromHours(24)),
            "300110e5035a2f4b764f726c65616e732e546f6d6273746f6e6550616765e82020000321e820e84021f4f5f2721eb199ed87ca16fdb0f1641fe021e8"
            + "003121e880efcdab8967452301e001ca0a010de08100d2496b00000000e0e0e0010a808100c0692ac9000000e0"),
        ["BlockReading"] = (
            new BlockReading(Key, Version, true, 1.5, 2.5, 3),
            "30016f0bb9952d4b764f726c65616e732e426c6f636b52656164696e67e820401b6b763a6d6f64656c2f30313233e021e8003121e880efcdab896745"
            + "2301e001ca0a010de0010381000000000000f83f810000000000000440810000000000000840e0"),
        ["HeatReport"] = (
            new HeatReport(Life, new(7, 8, 9), 10, 11, [new(Key, Version, false, 1, 2, 3)]),
            "3001d2d6939c294b764f726c65616e732e486561745265706f7274e820e880efcdab8967452301e021e8000f01210113e08100000000000024408100"
            + "000000000026402120000321e820401b6b763a6d6f64656c2f30313233e021e8003121e880efcdab8967452301e001ca0a010de00101810000000000"
            + "00f03f810000000000000040810000000000000840e0e0e0e0"),
        ["HotBlock"] = (
            new HotBlock(Key, Version, 2 << 20, 12345, [Life, new(2)]),
            "3001071bfb81254b764f726c65616e732e486f74426c6f636be820401b6b763a6d6f64656c2f30313233e021e8003121e880efcdab8967452301e001"
            + "ca0a010de06100002000019403032120000521e880efcdab8967452301e020e80005e0e0e0e0"),
        ["HotList"] = (
            new HotList(5, [new(Key, Version, 1, 2, [Life])]),
            "3001a9ba73cb234b764f726c65616e732e486f744c697374e800152120000321e820401b6b763a6d6f64656c2f30313233e021e8003121e880efcdab"
            + "8967452301e001ca0a010de0010501092120000321e880efcdab8967452301e0e0e0e0e0e0e0"),
        ["HotOffer"] = (
            new HotOffer(Life, new(2), Offered),
            "3001053e0351254b764f726c65616e732e486f744f66666572e820e880efcdab8967452301e021e80005e021e820401b6b763a6d6f64656c2f303132"
            + "33e021e8003121e880efcdab8967452301e001ca0a010de0610000200021e8801032547698badcfee0e0e0"),
        ["SiloEvent"] = (
            new SiloEvent(7, SiloEventKind.Joined, "silo-1", 2, 1500),
            "30014694fa1e274b764f726c65616e732e53696c6f4576656e74e8001d091505410d73696c6f2d31010901e22ee0"),
        ["SiloSample"] = (
            new SiloSample(900, 100, 20, 3 << 20),
            "300102382c3b294b764f726c65616e732e53696c6f53616d706c65e800221c01220301516100003000e0"),
        ["TierFill"] = (
            new TierFill("memory", 1 << 20, 64 << 20),
            "30017990c8c1254b764f726c65616e732e5469657246696c6ce8400d6d656d6f727961000010006100000004e0"),
        ["KeyExplanation, present"] = (
            new KeyExplanation
            {
                Owner = "silo-0",
                RemembersSeconds = 90,
                Block = new BlockInfo(Version, 2 << 20, new(0xfedcba9876543210), null, 1),
                Tier = "memory",
                Role = "last-copy",
                Uses = 3,
                BytesPerSecond = 4096,
                Holders = 1,
                IsServed = true,
                Parent = "00ff",
                IsOrphan = true,
            },
            "300173d27b40314b764f726c65616e732e4b65794578706c616e6174696f6ee8400d73696c6f2d3001d20221e820e8003121e880efcdab8967452301e0"
            + "01ca0a010de0610000200021e8801032547698badcfee0c1010105e0410d6d656d6f7279010141136c6173742d636f7079010d01028001050103c101c1"
            + "01c1014109303066660103c101c1010101e0"),
        ["KeyExplanation, absent"] = (
            new KeyExplanation { Owner = "silo-0", RemembersSeconds = 90, Why = "evicted", SecondsAgo = 12, Was = "copy", OtherFingerprint = "f1", FormerOwner = "silo-1", FormerOwnerSecondsAgo = 7 },
            "300173d27b40314b764f726c65616e732e4b65794578706c616e6174696f6ee8400d73696c6f2d3001d202c10141010101c10b0101010101010101410f"
            + "6576696374656401314109636f7079c101010141056631410d73696c6f2d31011de0"),
        ["SiloSnapshot"] = (
            new SiloSnapshot
            {
                NotReady = "this silo is draining",
                IsDraining = true,
                IsCutOff = false,
                MapId = 7,
                UptimeSeconds = 3600,
                Tiers = [new("memory", 1 << 20, 64 << 20)],
                Blocks = 100,
                Copies = 20,
                ExtraCopies = 3,
                Leases = 2,
                LeasedBytes = 4096,
                Connections = 12,
                Evictions = 5,
                RepairPendingBlocks = 6,
                RepairPendingBytes = 8192,
                RepairBytesTotal = 1 << 20,
                HandoffPending = 1,
                DrainOffered = 50,
                DrainOpen = 10,
                HotBlocks = 1,
                Spread = [new(Key, Version, 2 << 20, 3 << 20, [Life])],
                Read = [new(Key, Version, 2 << 20, 1 << 20, [Life])],
                SampleNumber = 180,
                Samples = [new(900, 100, 20, 3 << 20)],
                Events = [new(7, SiloEventKind.DrainBegan, "", 0, 1500)],
            },
            "3001854f17942d4b764f726c65616e732e53696c6f536e617073686f74e8402b746869732073696c6f20697320647261696e696e6701030101011d01"
            + "82702120000321e8400d6d656d6f727961000010006100000004e0e0e00122030151010d0109010280013101150119010400026100001000010501c9"
            + "012901052120000321e820401b6b763a6d6f64656c2f30313233e021e8003121e880efcdab8967452301e001ca0a010de06100002000610000300021"
            + "20000321e880efcdab8967452301e0e0e0e0e0e02120000321e820c043e021e8003121e880efcdab8967452301e001ca0a010de06100002000610000"
            + "10002120000321e880efcdab8967452301e0e0e0e0e0e001a2052120000321e800221c01220301516100003000e0e0e02120000321e8001d09151541"
            + "01010101e22ee0e0e0e0"),
    };
}
