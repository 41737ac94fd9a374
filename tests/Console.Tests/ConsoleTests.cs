using System.Globalization;
using KvOrleans.Console.Tests.Browsing;
using KvOrleans.Probes;
using KvOrleans.Processes.Tests.Running;
using Microsoft.Playwright;

namespace KvOrleans.Console.Tests;

/// <summary>The console as an operator sees it: three silos with some traffic, in a real browser.</summary>
public sealed class ConsoleTests(ConsoleFixture fixture) : IClassFixture<ConsoleFixture>
{
    [Theory]
    [InlineData(1280, 900, ColorScheme.Light)]
    [InlineData(1280, 900, ColorScheme.Dark)]
    [InlineData(360, 740, ColorScheme.Light)]
    [InlineData(360, 740, ColorScheme.Dark)]
    public async Task Page_OnAnyScreen_ShowsAllSilosAliveAndAsksNobodyElse(int width, int height, ColorScheme scheme)
    {
        await using var page = await fixture.Browser.OpenAsync(fixture.Trio.Silos[0].HttpPort, width, height, scheme);

        await page.HoldsAsync("document.querySelectorAll('.silo.ready').length === 3");
        await page.HoldsAsync("document.querySelector('#live').textContent === 'live'");
        await page.HoldsAsync("parseFloat(document.querySelector('#t-read').textContent) > 0");
        await page.HoldsAsync($"document.querySelector('#hot').textContent.includes('{Traffic.HotKey}')");
        var before = await page.Page.TextContentAsync("#t-read");
        await page.HoldsAsync($"document.querySelector('#t-read').textContent !== '{before}'");

        await page.PictureAsync(string.Create(CultureInfo.InvariantCulture, $"{(width < 500 ? "phone" : "desk")}-{scheme}").ToLowerInvariant());
        Assert.Equal(0, await page.OverflowAsync());
        Assert.Empty(page.Complaints);
        Assert.Empty(page.OutsideRequests);
    }

    [Fact]
    public async Task Page_InTheDark_IsDark()
    {
        await using var page = await fixture.Browser.OpenAsync(fixture.Trio.Silos[0].HttpPort, 800, 600, ColorScheme.Dark);

        var ground = await page.Page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor");

        Assert.Equal("rgb(16, 21, 27)", ground);
    }

    [Fact]
    public async Task Search_OfAChain_TellsWhereEachKeyIs()
    {
        await using var page = await fixture.Browser.OpenAsync(fixture.Trio.Silos[1].HttpPort, 1280, 900);

        await page.Page.FillAsync("#keys", $"{Traffic.HotKey} kv:nobody/1");
        await page.Page.PressAsync("#keys", "Enter");

        await page.HoldsAsync("document.querySelectorAll('#story .block').length === 2");
        await page.PictureAsync("explain");
        var story = await page.Page.InnerTextAsync("#story");
        Assert.Contains("held by", story);
        Assert.Contains("(owner)", story);
        Assert.Contains("nowhere: never written, as far as silos remember: for ", story);
        Assert.Contains("1 of 2 blocks are there, 1 from the head on.", story);
        Assert.Equal(6, await page.Page.Locator("#story tbody tr").CountAsync());
        Assert.Empty(page.Complaints);
    }

    [Theory]
    [InlineData(1280, 900, ColorScheme.Light)]
    [InlineData(1280, 900, ColorScheme.Dark)]
    [InlineData(360, 740, ColorScheme.Light)]
    [InlineData(360, 740, ColorScheme.Dark)]
    public async Task Search_OfAChainOnAnyScreen_TellsParentsOrphansAndOtherFingerprints(int width, int height, ColorScheme scheme)
    {
        using (var probe = new RespProbe(fixture.Trio.Silos[1].Port))
        {
            probe.Ask("KV.SET", "kv:llama-3-70b/head", "ABSENT", "0", "-", "payload");
            probe.Ask("KV.SET", "kv:llama-3-70b/child", "ABSENT", "0", "-", "PARENT", "kv:llama-3-70b/head", "payload");
            probe.Ask("KV.SET", "kv:llama-3-70b/alone", "ABSENT", "0", "-", "PARENT", "kv:llama-3-70b/nobody", "payload");
        }

        await using var page = await fixture.Browser.OpenAsync(fixture.Trio.Silos[1].HttpPort, width, height, scheme);
        await page.HoldsAsync("document.querySelectorAll('.silo.ready').length === 3");

        await page.Page.FillAsync("#keys", "kv:llama-3-70b/head kv:llama-3-70b/child kv:llama-3-8b/child kv:llama-3-70b/alone");
        await Eventually.HoldsAsync(
            async () => (await page.Page.EvaluateAsync<string>("fetch('api/explain?key=kv:llama-3-70b/alone').then(answer => answer.text())")).Contains("orphan of", StringComparison.Ordinal),
            "the parent was missed");
        await page.Page.PressAsync("#keys", "Enter");
        await page.HoldsAsync("document.querySelectorAll('#story .block').length === 4");

        await page.PictureAsync(string.Create(CultureInfo.InvariantCulture, $"chain-{(width < 500 ? "phone" : "desk")}-{scheme}").ToLowerInvariant());
        var story = await page.Page.InnerTextAsync("#story");
        Assert.Contains("parent is #1", story);
        Assert.Matches("nowhere: there under another fingerprint: llama-3-70b on [abc]", story);
        Assert.Contains("there under fingerprint llama-3-70b, remembers", story);
        Assert.Matches("held by [abc] \\(owner, orphan of a block with hash [0-9a-f]{32}\\)", story);
        Assert.Contains("3 of 4 blocks are there, 2 from the head on.", story);
        Assert.Equal(0, await page.OverflowAsync());
        Assert.Empty(page.Complaints);
    }

    [Fact]
    public async Task Search_OfWhatIsNoKey_SaysWhy()
    {
        await using var page = await fixture.Browser.OpenAsync(fixture.Trio.Silos[1].HttpPort, 1280, 900);

        await page.Page.FillAsync("#keys", "hex:zz");
        await page.Page.PressAsync("#keys", "Enter");

        await page.HoldsAsync("document.querySelector('#story').textContent.includes('pairs of hex digits')");
    }
}
