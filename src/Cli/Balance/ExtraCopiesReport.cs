namespace KvOrleans.Cli.Balance;

/// <summary>What hot blocks had in extra copies. In camelCase a part of what <c>--json</c> prints: names stay.</summary>
/// <param name="CopiesMade">Copies that were made because a block was hot.</param>
/// <param name="MostBytes">The most bytes of extra copies at a time, on all silos.</param>
/// <param name="MostShare">The same by all silos' memory for blocks.</param>
/// <param name="MostCopies">The most extra copies at a time, on all silos.</param>
/// <param name="MostHotBlocks">The most blocks at a time that were hot and that more than one silo held.</param>
internal sealed record ExtraCopiesReport(long CopiesMade, long MostBytes, double MostShare, long MostCopies, long MostHotBlocks);
