using KvOrleans.Client.Matching;
using KvOrleans.Contracts.Blocks;
using KvOrleans.Probes;

namespace KvOrleans.Processes.Tests.Digests;

/// <summary>What digests rule out, over three silos in processes of their own.</summary>
public sealed class DigestTests(TrioFixture fixture) : IClassFixture<TrioFixture>
{
    [Fact]
    public async Task Block_OfAnotherClient_IsFoundWithinAMomentAndForCertainAtOnce()
    {
        await using var writer = await DigestClient.ConnectAsync(fixture.Trio);
        await using var reader = await DigestClient.ConnectAsync(fixture.Trio);
        Assert.True(await reader.MatchAsync("others", 0) is { IsByDigest: true, IsComplete: true });

        for (var i = 0; i < 20; i++)
        {
            await writer.WriteAsync("others", i, 100);
            Assert.Single((await reader.MatchAsync("others", i, certain: true)).Blocks);
        }

        for (var i = 20; i < 40; i++)
            await writer.WriteAsync("others", i, 100);
        for (var i = 0; i < 40; i++)
            await Eventually.HoldsAsync(async () => (await reader.MatchAsync("others", i)).Blocks.Count == 1, "it is found");
    }

    [Fact]
    public async Task Block_OfItsOwn_IsFoundAtOnce()
    {
        await using var client = await DigestClient.ConnectAsync(fixture.Trio);

        for (var i = 0; i < 300; i++)
        {
            Assert.Empty((await client.MatchAsync("own", i)).Blocks);
            await client.WriteAsync("own", i, 100);
            Assert.Single((await client.MatchAsync("own", i)).Blocks);
        }
    }

    [Fact]
    public async Task Block_ThatWasEvictedOrDeleted_IsRuledOut()
    {
        await using var client = await DigestClient.ConnectAsync(fixture.Trio);
        await using var reader = await DigestClient.ConnectAsync(fixture.Trio);
        for (var i = 0; i < 8; i++)
            await client.WriteAsync("old", i, 1000);
        await client.WriteAsync("deleted", 0, 1000);
        await Eventually.HoldsAsync(async () => (await reader.MatchAsync("old", 0)).Blocks.Count == 1, "it is there");
        await Eventually.HoldsAsync(async () => (await reader.MatchAsync("deleted", 0)).Blocks.Count == 1, "it is there");

        await client.Cache.InvalidateAsync(DigestClient.KeyOf("deleted", 0));
        await Eventually.HoldsAsync(async () => (await reader.MatchAsync("deleted", 0)).IsByDigest, "it is ruled out");
        for (var i = 0; i < 260; i++)
            await client.WriteAsync("new", i, 1 << 20);

        for (var i = 0; i < 8; i++)
            await Eventually.HoldsAsync(async () => (await reader.MatchAsync("old", i)).IsByDigest, "it is ruled out");
    }

    [Fact]
    public async Task Chain_WithTheSameKeySeveralTimes_IsFoundAndCanBeExtended()
    {
        await using var client = await DigestClient.ConnectAsync(fixture.Trio);
        await client.WriteAsync("twice", 0, 100);
        await client.WriteAsync("twice", 1, 200);
        BlockKey[] chain = [.. new[] { 0, 1, 0, 0, 1, 2, 0 }.Select(i => DigestClient.KeyOf("twice", i))];

        await using var match = await client.Cache.MatchAsync(chain, TimeSpan.FromSeconds(5));

        Assert.Equal([100, 200, 100, 100, 200], match.Blocks.Select(block => block.Length));
        Assert.True(match is { IsByDigest: true, LeasedBlocks: 5 });
        Assert.Equal(5, await client.Cache.ReadAsync(match, match.Blocks.Select(block => new byte[block.Length].AsMemory()).ToArray()));
        Assert.Equal(5, await match.ExtendAsync(TimeSpan.FromSeconds(30)));
        Assert.InRange(match.Lease, TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(30));
        await client.Cache.ReleaseAsync(match);
        Assert.Equal(0, await match.ExtendAsync(TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public async Task Lease_ThatEnded_IsNotExtended()
    {
        await using var client = await DigestClient.ConnectAsync(fixture.Trio);
        await client.WriteAsync("ended", 0, 100);
        await using var match = await client.Cache.MatchAsync(new[] { DigestClient.KeyOf("ended", 0) }, new MatchOptions { Lease = TimeSpan.FromMilliseconds(1) });
        Assert.Single(match.Blocks);

        await Eventually.HoldsAsync(async () => await match.ExtendAsync(TimeSpan.FromMilliseconds(1)) == 0, "it has ended");

        Assert.Equal((0, TimeSpan.Zero), (await match.ExtendAsync(TimeSpan.FromSeconds(10)), match.Lease));
    }
}
