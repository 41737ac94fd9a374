using System.Net;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Cluster;
using KvOrleans.Contracts.Control;

namespace KvOrleans.Contracts.Tests.Wire;

/// <summary>A value of each wire type and its bytes. The bytes never change; a type that grows gets a further value.</summary>
internal static class WireValues
{
    private static readonly SiloLife Life = new(0x0123456789abcdef);

    private static readonly BlockVersion Version = new(12, Life, 345, 6);

    private static readonly BlockKey Key = BlockKey.From("kv:model/0123");

    private static readonly SiloDescriptor Silo = new("silo-0", "zone-a", 3, new IPEndPoint(IPAddress.Parse("10.1.2.3"), 6380), Life);

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
            + "0301b263e021e880efcdab8967452301e0e020e8400d73696c6f2d31c111010dc11521e880efcdab8967452301e0e0e0e0e0"),
        ["ClusterMap, empty"] = (
            new ClusterMap(0, []),
            "3001076aa0f1294b764f726c65616e732e436c75737465724d6170e800012120e0e0e0"),
        ["BlockDecision"] = (
            new BlockDecision(DecisionOutcome.Conflict, Version),
            "300135cde51f2f4b764f726c65616e732e426c6f636b4465636973696f6ee808030521e8003121e880efcdab8967452301e001ca0a010de0e0"),
        ["BlockDecision, busy"] = (
            new BlockDecision(DecisionOutcome.Busy, default),
            "300135cde51f2f4b764f726c65616e732e426c6f636b4465636973696f6ee808031921e8000121e80001e001010101e0e0"),
        ["CommitRequest"] = (
            new CommitRequest(Key, 77, WriteCondition.Exactly(Version), TimeSpan.FromMilliseconds(1500), true, 9),
            "3001fd7f8fe52f4b764f726c65616e732e436f6d6d697452657175657374e820401b6b763a6d6f64656c2f30313233e0016a0221e808030d21e80031"
            + "21e880efcdab8967452301e001ca0a010de0e081c0e1e4000000000001030125e0"),
        ["CommitRequest, for ever"] = (
            new CommitRequest(Key, 1, WriteCondition.Any, null, false, 1),
            "3001fd7f8fe52f4b764f726c65616e732e436f6d6d697452657175657374e820401b6b763a6d6f64656c2f30313233e0010521e808030121e8000121"
            + "e80001e001010101e0e0c10101010105e0"),
    };
}
