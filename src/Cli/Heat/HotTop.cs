using KvOrleans.Client.Status;

namespace KvOrleans.Cli.Heat;

/// <summary>The hottest blocks of a cluster.</summary>
/// <param name="Silos">How many silos were asked.</param>
/// <param name="BytesPerSecond">What those that answered send to readers, about.</param>
/// <param name="HotBlocks">How many blocks are hot and held by more than one silo.</param>
/// <param name="Rows">The hottest of them, the hottest first.</param>
/// <param name="Failures">The silos that did not say, and why.</param>
internal sealed record HotTop(int Silos, long BytesPerSecond, int HotBlocks, IReadOnlyList<HotRow> Rows, IReadOnlyList<string> Failures)
{
    /// <summary>Puts together what the silos say; while a key moves two may tell of it, and who has seen more of it is right.</summary>
    public static HotTop Of(IReadOnlyList<SiloHotReport> reports, int rows)
    {
        var names = reports.GroupBy(report => report.Silo.DataPlane).ToDictionary(group => group.Key, group => group.First().Silo.Name);
        var all = reports.Sum(report => report.BytesPerSecond);
        var blocks = reports
            .SelectMany(report => report.Blocks.Select(block => (Block: block, Teller: report.Silo.Name)))
            .GroupBy(one => one.Block.Key)
            .Select(group => group.MaxBy(one => one.Block.BytesPerSecond))
            .OrderByDescending(one => one.Block.BytesPerSecond)
            .ToList();
        return new(
            reports.Count,
            all,
            blocks.Count,
            [.. blocks.Take(rows).Select(one => Row(one.Block, one.Teller))],
            [.. reports.Where(report => !report.Reached).Select(report => $"{report.Silo.Name} {report.Failure}")]);

        HotRow Row(HotBlockReport block, string teller)
        {
            List<string> silos = [.. block.Holders.Select(holder => names.GetValueOrDefault(holder) ?? holder.ToString())];
            var share = all == 0 ? 0 : Math.Min(1, block.BytesPerSecond / (double)all);
            return new(block.Key, block.Version, block.Length, block.BytesPerSecond, share, silos.Count > 0 ? silos[0] : teller, silos);
        }
    }
}
