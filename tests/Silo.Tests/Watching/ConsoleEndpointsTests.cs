using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using KvOrleans.Probes;
using KvOrleans.Silo.Tests.Hosting;
using KvOrleans.Silo.Watching;
using Microsoft.Extensions.DependencyInjection;

namespace KvOrleans.Silo.Tests.Watching;

[Collection<TwoSilosCollection>]
public sealed partial class ConsoleEndpointsTests(TwoSilos two)
{
    private const int MostPageBytes = 64 << 10;

    private static readonly HttpClient Http = new() { Timeout = Eventually.Deadline };

    private SiloUnderTest Silo => two.Silos[0];

    [Fact]
    public async Task Page_AnyTime_IsSmallWholeAndLetsNothingElseRun()
    {
        using var answer = await Http.GetAsync(At("/"));
        var page = await answer.Content.ReadAsStringAsync();

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.InRange(Encoding.UTF8.GetByteCount(page), 1_000, MostPageBytes);
        Assert.Equal("no-store", answer.Headers.CacheControl?.ToString());
        Assert.False(answer.Headers.Contains("Access-Control-Allow-Origin"));
        var policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
        Assert.StartsWith("default-src 'none'; script-src 'sha256-", policy);
        Assert.DoesNotContain("unsafe", policy);
        Assert.DoesNotMatch(Outside(), page.Replace("http://www.w3.org/2000/svg", "", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Events_WhileWatched_TellOfAllSilosAgainAndAgain()
    {
        using var reader = await WatchAsync();

        var first = await NextAsync(reader);
        Assert.True(first.GetProperty("whole").GetBoolean());
        for (var i = 0; i < 5 && Ready(first) < 2; i++)
            first = await NextAsync(reader);
        var next = await NextAsync(reader);

        Assert.Equal(2, Ready(first));
        Assert.Equal(2, Ready(next));
        Assert.False(next.GetProperty("whole").GetBoolean());
        Assert.All(next.GetProperty("silos").EnumerateArray(), silo => Assert.InRange(silo.GetProperty("samples").GetArrayLength(), 0, 5));
    }

    [Fact]
    public async Task Events_WhenAsManyWatchAsMay_AreRefusedWithClearWordsUntilOneLeaves()
    {
        var watch = Silo.Services.GetRequiredService<ClusterWatch>();
        await Eventually.HoldsAsync(() => watch.Watchers == 0, "nobody watches");
        var readers = new List<StreamReader>();
        try
        {
            for (var i = 0; i < ClusterWatch.MostWatchers; i++)
                readers.Add(await WatchAsync());

            using (var answer = await Http.GetAsync(At("/api/events")))
            {
                Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
                Assert.Contains("too many watch", await answer.Content.ReadAsStringAsync());
            }

            readers[0].Dispose();
            readers.RemoveAt(0);
            await Eventually.HoldsAsync(() => watch.Watchers == ClusterWatch.MostWatchers - 1, "a place is free again");
        }
        finally
        {
            readers.ForEach(reader => reader.Dispose());
        }

        await Eventually.HoldsAsync(() => watch.Watchers == 0, "nobody watches any more");
    }

    [Fact]
    public async Task Cluster_Asked_AnswersOnce()
    {
        using var answer = JsonDocument.Parse(await Http.GetStringAsync(At("/api/cluster")));

        Assert.Equal(2, answer.RootElement.GetProperty("silos").GetArrayLength());
        Assert.True(answer.RootElement.GetProperty("whole").GetBoolean());
    }

    [Fact]
    public async Task Explain_AChain_TellsOfEachKeyOnEachSilo()
    {
        var key = two.Silos.KeyOf(two.Silos[1], "kv:console/");
        using (var probe = Silo.Connect())
            probe.Ask("SET", key, "payload");

        using var answer = JsonDocument.Parse(await Http.GetStringAsync(At($"/api/explain?key={Uri.EscapeDataString(key)}&key=hex:6b763a2f00")));

        var keys = answer.RootElement.GetProperty("keys");
        Assert.Equal(key, keys[0].GetProperty("key").GetString());
        Assert.Equal("hex:6b763a2f00", keys[1].GetProperty("key").GetString());
        Assert.All(keys.EnumerateArray(), one => Assert.Equal(2, one.GetProperty("silos").GetArrayLength()));
        var holder = keys[0].GetProperty("silos").EnumerateArray().First(silo => silo.GetProperty("silo").GetString() == silo.GetProperty("owner").GetString());
        Assert.Equal(("present", "last-copy", 7), (holder.GetProperty("state").GetString(), holder.GetProperty("role").GetString(), holder.GetProperty("length").GetInt32()));
        Assert.All(keys[1].GetProperty("silos").EnumerateArray(), silo => Assert.Equal("never-seen", silo.GetProperty("why").GetString()));
    }

    [Fact]
    public async Task Explain_AnOrphanAndABlockOfAnotherFingerprint_SaysSoInTheWordsOfTheCommandLine()
    {
        var child = two.Silos.KeyOf(Silo, "kv:console-a/child-");
        var elsewhere = $"kv:console-b/{child.Split('/')[1]}";
        using var probe = Silo.Connect();
        probe.Ask("KV.SET", child, "ABSENT", "0", "-", "PARENT", "kv:console-a/head", "payload");
        var children = new Storage.Chains.ChildBlock[100];
        for (var round = 0; round < 2; round++)
        {
            Silo.Store.SeekParents(0, 10_000, children, out var taken);
            Silo.Store.ParentsSought(children.AsSpan(0, taken), new bool[taken]);
        }

        using var answer = JsonDocument.Parse(await Http.GetStringAsync(At(
            $"/api/explain?key=kv:console-a/head&key={Uri.EscapeDataString(child)}&key={Uri.EscapeDataString(elsewhere)}&key={Uri.EscapeDataString(child)}")));

        var name = Silo.Map.Current.Silos[Silo.Map.Current.IndexOf(Silo.Map.Life)].Name;
        var keys = answer.RootElement.GetProperty("keys");
        Assert.StartsWith("never written, as far as silos remember: for ", keys[0].GetProperty("why").GetString());
        Assert.Equal($"{name} (owner, orphan of #1)", keys[1].GetProperty("where").GetString());
        Assert.Equal($"there under another fingerprint: console-a on {name}", keys[2].GetProperty("why").GetString());
        var hash = Contracts.Digests.KeyDigest.Hash("kv:console-a/head"u8).ToString("x32");
        Assert.Equal($"{name} (owner, orphan of a block with hash {hash})", keys[3].GetProperty("where").GetString());
        Assert.Equal((2, 0), (answer.RootElement.GetProperty("present").GetInt32(), answer.RootElement.GetProperty("leadingRun").GetInt32()));
        var told = Of(keys[1]);
        Assert.Equal((hash, "yes", "#1", "owner"), (told.Text("parent"), told.Text("orphan"), told.Text("parent-name"), told.Text("place")));
        Assert.Equal("console-a", Of(keys[2]).Text("other-fingerprint"));
        Assert.Equal(":1\r\n", probe.Ask("DEL", child));

        Contracts.Watching.SiloTestimony Of(JsonElement key) => new(name, key.GetProperty("silos").EnumerateArray().Single(silo => silo.GetProperty("silo").GetString() == name)
            .EnumerateObject().ToDictionary(field => field.Name, field => field.Value.ToString()));
    }

    [Theory]
    [InlineData("", "the query has 0 keys; accepted are 1 to 64")]
    [InlineData("?key=", "key 1: a block key has 1 to 512 bytes")]
    [InlineData("?key=a&key=hex:xyz", "key 2: what follows hex: must be pairs of hex digits")]
    public async Task Explain_WhatIsNoKey_SaysWhatIsAccepted(string query, string words)
    {
        using var answer = await Http.GetAsync(At($"/api/explain{query}"));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.StartsWith(words, await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Explain_MoreKeysThanMay_SaysHowMany()
    {
        using var answer = await Http.GetAsync(At("/api/explain?" + string.Join('&', Enumerable.Range(0, 65).Select(i => $"key={i}"))));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.StartsWith("the query has 65 keys", await answer.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("/api/events")]
    [InlineData("/api/cluster")]
    [InlineData("/api/explain?key=a")]
    public async Task Answers_ForPagesFromElsewhere_AreRefused(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, At(path));
        request.Headers.Add("Sec-Fetch-Site", "cross-site");

        using var answer = await Http.SendAsync(request);

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    private static int Ready(JsonElement picture) => picture.GetProperty("silos").EnumerateArray().Count(silo => silo.GetProperty("state").GetString() == "ready");

    private static async Task<JsonElement> NextAsync(StreamReader reader)
    {
        while (await reader.ReadLineAsync().WaitAsync(Eventually.Deadline) is { } line)
        {
            if (line.StartsWith("data: ", StringComparison.Ordinal))
                return JsonDocument.Parse(line[6..]).RootElement;
        }

        throw new EndOfStreamException();
    }

    private async Task<StreamReader> WatchAsync() => new(await Http.GetStreamAsync(At("/api/events")));

    private Uri At(string path) => new($"http://127.0.0.1:{Silo.HttpPort}{path}");

    [GeneratedRegex("""(https?:)?//\w|@import|url\(""")]
    private static partial Regex Outside();
}
