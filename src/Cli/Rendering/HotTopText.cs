using KvOrleans.Cli.Heat;
using KvOrleans.Cli.Sizes;
using KvOrleans.Contracts.Blocks;
using Spectre.Console;

namespace KvOrleans.Cli.Rendering;

/// <summary>The hottest blocks as a table, as plain lines, and for machines.</summary>
internal static class HotTopText
{
    private static readonly string[] Left = ["key", "owner", "silos"];
    private static readonly string[] Right = ["bytes", "MB/s", "share", "copies"];

    public static Table Table(HotTop top)
    {
        var table = new Table().Border(TableBorder.Rounded);
        table.Title = new(Title(top));
        table.AddColumn(Left[0]);
        foreach (var right in Right)
            table.AddColumn(new TableColumn(right).RightAligned());
        foreach (var left in Left[1..])
            table.AddColumn(left);
        foreach (var row in top.Rows)
            table.AddRow([.. Cells(row).Select(cell => new Text(cell))]);
        if (top.Failures.Count > 0)
            table.Caption = new(Markup.Escape(string.Join("; ", top.Failures)));
        return table;
    }

    /// <summary>A line about all, and one for each block.</summary>
    public static IEnumerable<string> Lines(HotTop top)
    {
        yield return Title(top);
        foreach (var row in top.Rows)
        {
            var cells = Cells(row);
            yield return $"  {cells[0],-40}  {cells[1],9}  {cells[2],8} MB/s  {cells[3],8}  {row.Silos.Count} copies: {cells[6]}";
        }
    }

    public static object Json(HotTop top, TimeSpan at) => new
    {
        atSeconds = at.TotalSeconds,
        silos = top.Silos,
        bytesPerSecond = top.BytesPerSecond,
        hotBlocks = top.HotBlocks,
        blocks = top.Rows.Select(row => new
        {
            key = KeyText.Short(row.Key),
            keyHex = Convert.ToHexStringLower(row.Key.Span),
            keyId = KeyId.Of(row.Key.Span).ToString(),
            version = row.Version,
            length = row.Length,
            bytesPerSecond = row.BytesPerSecond,
            share = row.Share,
            owner = row.Owner,
            copies = row.Silos.Count,
            silos = row.Silos,
        }),
        failures = top.Failures,
    };

    private static string Title(HotTop top) =>
        $"{Numbers.Count(top.HotBlocks)} hot block{(top.HotBlocks == 1 ? "" : "s")} on several silos; {top.Silos} silo{(top.Silos == 1 ? "" : "s")} send{(top.Silos == 1 ? "s" : "")} {Numbers.Rate(top.BytesPerSecond / 1e6)} MB/s";

    private static string[] Cells(HotRow row) =>
    [
        KeyText.Short(row.Key), ByteSize.Format(row.Length), Numbers.Rate(row.BytesPerSecond / 1e6), Numbers.Percent(row.Share), Numbers.Count(row.Silos.Count),
        row.Owner, string.Join(", ", row.Silos),
    ];
}
