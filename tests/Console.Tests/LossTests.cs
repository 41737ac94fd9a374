using KvOrleans.Console.Tests.Browsing;
using KvOrleans.Processes.Tests.Running;

namespace KvOrleans.Console.Tests;

/// <summary>What the console shows when silos are lost.</summary>
public sealed class LossTests
{
    [Fact]
    public async Task Page_WhenSilosAreLost_ShowsThemSilentThenGoneAndAtLastThatNobodyTellsAnything()
    {
        await using var browser = await Chromium.StartAsync();
        await using var trio = await SiloTrio.StartAsync();
        await using var page = await browser.OpenAsync(trio.Silos[0].HttpPort, 1280, 900);
        await page.HoldsAsync("document.querySelectorAll('.silo.ready').length === 3");

        trio.Silos[2].Kill();

        await page.HoldsAsync("document.querySelector('.silo.gone') !== null");
        await page.HoldsAsync("document.querySelector('#events').textContent.includes('c left')");
        await page.PictureAsync("gone");
        Assert.Empty(page.Complaints);

        await page.Page.FillAsync("#keys", string.Join(' ', Enumerable.Range(0, 30).Select(i => $"kv:lost/{i}")));
        await page.Page.PressAsync("#keys", "Enter");
        await page.HoldsAsync("document.querySelectorAll('#story .block').length === 30");
        var story = await page.Page.InnerTextAsync("#story");
        Assert.Matches("nowhere: never written, or lost with c: it owned the key until .* ago, and that life of it is gone", story);
        Assert.Matches("c owned it until .* ago, and that life of it is gone, remembers", story);
        await page.Page.FillAsync("#keys", "");

        trio.Silos[0].Kill();

        await page.HoldsAsync("!document.querySelector('#lost').hidden && document.body.classList.contains('stale')");
        await page.PictureAsync("lost");
    }

    [Fact]
    public async Task Page_WhenASiloStandsStill_ShowsThatItDoesNotAnswer()
    {
        await using var browser = await Chromium.StartAsync();
        await using var trio = await SiloTrio.StartAsync();
        await using var page = await browser.OpenAsync(trio.Silos[0].HttpPort, 1280, 900);
        await page.HoldsAsync("document.querySelectorAll('.silo.ready').length === 3");

        trio.Silos[2].Pause();

        // Orleans gives it up a second or so later.
        await page.HoldsAsync("document.querySelector('.silo.silent, .silo.gone') !== null");
        trio.Silos[2].Resume();
    }
}
