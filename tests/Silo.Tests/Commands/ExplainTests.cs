using KvOrleans.Probes;
using KvOrleans.Silo.Tests.Hosting;
using KvOrleans.Storage.Copies;

namespace KvOrleans.Silo.Tests.Commands;

/// <summary><c>KV.EXPLAIN</c>: what one silo knows of a key.</summary>
[Collection(TwoSilosCollection.Name)]
public sealed class ExplainTests(TwoSilos fixture)
{
    private SilosUnderTest Silos => fixture.Silos;

    [Fact]
    public void Explain_OfABlock_TellsAllOfIt()
    {
        using var probe = Silos[0].Connect();
        var key = Silos.KeyOf(Silos[0], "kv:explain/");
        var version = probe.Ask("KV.SET", key, "ABSENT", "0", "-", "bytes").Split("\r\n")[2][1..];
        probe.Ask("KV.MATCH", "60000", key);

        var known = Assert.Single(Explain(probe, key));

        Assert.Equal(
            ["state", "version", "length", "tier", "kind", "role", "uses", "bytes-per-second", "leases", "ttl-ms", "holders", "served", "owner", "remembers-s"], known.Keys);
        Assert.Equal(
            ["present", version, "5", "memory", "write-once", "last-copy", "1"], known.Values.Take(7));
        Assert.Equal(("1", "-1"), (known["leases"], known["ttl-ms"]));
        Assert.Equal(("yes", NameOf(Silos[0])), (known["served"], known["owner"]));
        Assert.Equal(":1\r\n", probe.Ask("DEL", key));
    }

    [Fact]
    public void Explain_OfARegister_SaysThatItIsServed()
    {
        using var probe = Silos[0].Connect();
        var key = Silos.KeyOf(Silos[0], "explain/served/");
        Assert.Equal("+OK\r\n", probe.Ask("SET", key, "v"));

        var known = Assert.Single(Explain(probe, key));

        Assert.Equal(("present", "register", "yes"), (known["state"], known["kind"], known["served"]));
        Assert.EndsWith(" 1\r\n", probe.Ask("KV.FILL", "1000", key), StringComparison.Ordinal);
        Assert.Equal(":1\r\n", probe.Ask("DEL", key));
    }

    [Fact]
    public void Explain_InResp3_IsAMapOfEachKey()
    {
        using var probe = Silos[0].Connect();
        probe.Ask("HELLO", "3");

        Assert.StartsWith("*2\r\n%4\r\n$5\r\nstate\r\n$6\r\nabsent\r\n$3\r\nwhy\r\n$10\r\nnever-seen\r\n$5\r\nowner\r\n", probe.Ask("KV.EXPLAIN", "kv:explain/nothing", "nothing"), StringComparison.Ordinal);
    }

    [Fact]
    public void Explain_OfWhatIsGone_SaysWhy()
    {
        using var probe = Silos[0].Connect();
        string[] keys = [.. Enumerable.Range(0, 4).Select(nth => Silos.KeyOf(Silos[0], "kv:explain/gone/", nth))];
        var register = Silos.KeyOf(Silos[0], "explain/register/");
        foreach (var key in keys[..2])
            Assert.Equal("+OK\r\n", probe.Ask("SET", key, "v"));
        Assert.Equal("+OK\r\n", probe.Ask("SET", register, "v"));
        Assert.Equal(":3\r\n", probe.Ask("DEL", keys[0], keys[1], register));
        Assert.Equal(":0\r\n", probe.Ask("DEL", keys[2]));
        var theirs = Silos.KeyOf(Silos[1], "kv:explain/theirs/");

        var known = Explain(probe, keys[0], keys[2], keys[3], register, theirs);

        Assert.Equal(["invalidated", "invalidated", "never-seen", "removed", "never-seen"], known.Select(one => one["why"]));
        Assert.Equal(["last-copy", "", "", "last-copy", ""], known.Select(one => one.GetValueOrDefault("was", "")));
        Assert.Equal([4, 4, 4, 4], known.Take(4).Select(one => one.Keys.Count(name => name is "state" or "why" or "owner" or "remembers-s")));
        Assert.Equal([NameOf(Silos[0]), NameOf(Silos[1])], known.Skip(3).Select(one => one["owner"]));
        Assert.InRange(int.Parse(known[0]["ago-s"]), 0, 30);
    }

    [Fact]
    public void Explain_OfACopy_SaysSo()
    {
        using var probe = Silos[0].Connect();
        var key = Silos.KeyOf(Silos[1], "kv:explain/copy/");
        using (var staged = Silos[0].Store.TryStage(0, BlockRole.Copy)!)
            Assert.True(Silos[0].Store.TryPublishCopy(System.Text.Encoding.ASCII.GetBytes(key), staged, new(1, new(2), 3), TimeSpan.FromSeconds(500), BlockRole.Copy));

        var known = Assert.Single(Explain(probe, key));

        Assert.Equal(("present", "copy", "0", NameOf(Silos[1])), (known["state"], known["role"], known["uses"], known["owner"]));
        Assert.InRange(int.Parse(known["ttl-ms"]), 400_000, 500_000);
        Assert.Equal("0", Assert.Single(Explain(probe, key))["uses"]);
        Assert.Equal(":0\r\n", probe.Ask("DEL", key));
    }

    [Fact]
    public void Explain_OfAChild_NamesItsParent()
    {
        using var probe = Silos[0].Connect();
        var key = Silos.KeyOf(Silos[0], "kv:explain/child/");
        probe.Ask("KV.SET", key, "ABSENT", "0", "-", "PARENT", "kv:explain/head", "bytes");

        var known = Assert.Single(Explain(probe, key));

        var hash = Contracts.Digests.KeyDigest.Hash("kv:explain/head"u8).ToString("x32");
        Assert.Equal((hash, "no"), (known["parent"], known["orphan"]));
        var children = new Storage.Chains.ChildBlock[100];
        for (var round = 0; round < 2; round++)
        {
            Silos[0].Store.SeekParents(0, 10_000, children, out var taken);
            Silos[0].Store.ParentsSought(children.AsSpan(0, taken), new bool[taken]);
        }

        Assert.Equal("yes", Assert.Single(Explain(probe, key))["orphan"]);
        Assert.Equal(":1\r\n", probe.Ask("DEL", key));
    }

    [Fact]
    public void Explain_OfWhatIsThereUnderAnotherFingerprint_NamesIt()
    {
        using var probe = Silos[0].Connect();
        var there = Silos.KeyOf(Silos[0], "kv:explain-a/other-");
        var hash = there.Split('/')[1];
        Assert.Equal("+OK\r\n", probe.Ask("SET", there, "v"));

        var known = Explain(probe, $"kv:explain-b/{hash}", there, $"kv:explain-b/{hash}x", $"explain-b/{hash}");

        Assert.Equal(["explain-a", "", "", ""], known.Select(one => one.GetValueOrDefault("other-fingerprint", "")));
        Assert.Equal(":1\r\n", probe.Ask("DEL", there));
    }

    [Fact]
    public void Explain_WithBadArguments_SaysWhatItAccepts()
    {
        using var probe = Silos[0].Connect();
        string[] keys = [.. Enumerable.Range(0, 1025).Select(i => $"k{i}")];

        Assert.Equal("-ERR wrong number of arguments for 'kv.explain' command\r\n", probe.Ask("KV.EXPLAIN"));
        Assert.Equal("-ERR invalid key: a key has 1 to 512 bytes, this one has 0\r\n", probe.Ask("KV.EXPLAIN", "k", ""));
        Assert.Equal("-ERR invalid key: a key has 1 to 512 bytes, this one has 513\r\n", probe.Ask("KV.EXPLAIN", new string('k', 513)));
        Assert.Equal("-ERR too many keys: accepted are 1 to 1024\r\n", probe.Ask(["KV.EXPLAIN", .. keys]));
        Assert.Equal(1024, Explain(probe, keys[..1024]).Length);
    }

    private static string NameOf(SiloUnderTest silo) => silo.Map.Current.Silos[silo.Map.Current.IndexOf(silo.Map.Life)].Name;

    private static Dictionary<string, string>[] Explain(RespProbe probe, params string[] keys)
    {
        var lines = probe.Ask(["KV.EXPLAIN", .. keys]).Split("\r\n");
        Assert.Equal($"*{keys.Length}", lines[0]);
        var known = new Dictionary<string, string>[keys.Length];
        var at = 1;
        for (var i = 0; i < keys.Length; i++)
        {
            known[i] = [];
            for (var fields = int.Parse(lines[at++][1..]) / 2; fields > 0; fields--)
            {
                var name = lines[at + 1];
                var isNumber = lines[at + 2][0] == ':';
                known[i].Add(name, isNumber ? lines[at + 2][1..] : lines[at + 3]);
                at += isNumber ? 3 : 4;
            }
        }

        Assert.Equal(lines.Length - 1, at);
        return known;
    }
}
