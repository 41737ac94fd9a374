using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using KvOrleans.Probes;
using KvOrleans.Processes.Tests.Running;

namespace KvOrleans.Processes.Tests.Secrecy;

/// <summary>Whatever is said to a silo, well or badly: keys, contents and passwords are not in its log, its metrics, its traces or what its console tells.</summary>
public sealed class SiloSecretsTests
{
    private static readonly HttpClient Http = new() { Timeout = Eventually.Deadline };

    [Fact]
    public async Task EveryCommand_SaidWellAndBadly_TellsNoSecretElsewhere()
    {
        await using var receiver = new OtlpReceiver();
        await using var pair = await SecretPair.StartAsync(receiver);
        var table = TableOf(pair.Silos[0]);
        var answered = new HashSet<string>();

        foreach (var silo in pair.Silos)
        {
            foreach (var (name, arity, firstKey, lastKey) in table)
            {
                foreach (var form in CommandForms.Of(name, arity, firstKey, lastKey))
                {
                    if (Say(silo, form))
                        answered.Add(name);
                }

                SayBadly(silo, name);
            }

            foreach (var text in CommandForms.Broken)
                SayBroken(silo, text);
            Say(silo, [[Secrets.Key, Secrets.Value, Secrets.Key]]);
        }

        await AskTheDoorAsync(pair.Silos[0]);
        var picture = await WatchAsync(pair.Silos[0]);
        pair.Silos[1].Kill();
        SayUnanswered(pair.Silos[0]);
        await Eventually.HoldsAsync(() => table.All(command => receiver.Traces.Contains(command.Name, StringComparison.Ordinal) || command.Name is "KV.TRACE" or "QUIT" or "AUTH" or "HELLO"), "the spans came");
        await Eventually.HoldsAsync(() => receiver.Metrics.Contains("kvorleans.dataplane.errors", StringComparison.Ordinal), "the metrics came");
        var scrape = await Http.GetStringAsync(At(pair.Silos[0], "/metrics"));
        if (Say(pair.Silos[0], [[CommandForms.Last]]))
            answered.Add(CommandForms.Last);

        Assert.Equal(table.Select(command => command.Name), table.Select(command => command.Name).Where(answered.Contains));
        Assert.Contains("No connection to the silo b", pair.Written, StringComparison.Ordinal);
        Assert.Multiple(
            () => Assert.Empty(Secrets.In(pair.Written)),
            () => Assert.Empty(Secrets.In(scrape)),
            () => Assert.Empty(Secrets.In(receiver.Traces)),
            () => Assert.Empty(Secrets.In(receiver.Metrics)),
            () => Assert.Empty(Secrets.In(picture)));
    }

    private static (string Name, int Arity, int FirstKey, int LastKey)[] TableOf(SiloProcess silo)
    {
        using var probe = new RespProbe(silo.Port);
        Assert.Equal("+OK\r\n", probe.Ask("AUTH", Secrets.Password));
        var table = CommandForms.TableOf(probe.Ask("COMMAND"));
        Assert.Equal($":{table.Length}\r\n", probe.Ask("COMMAND", "COUNT"));
        return table;
    }

    /// <summary>Says it before and after the password was given, in a trace. A connection ends with it.</summary>
    /// <returns>Whether the silo did what was asked, and did not refuse it.</returns>
    private static bool Say(SiloProcess silo, string[][] form)
    {
        using (var stranger = new RespProbe(silo.Port))
        {
            stranger.Send(RespProbe.Frame("AUTH", Secrets.Password + "x"));
            stranger.Send(RespProbe.Frame(form[^1]));
            stranger.Send(RespProbe.Frame("QUIT"));
            stranger.ReadToEnd();
        }

        using var probe = new RespProbe(silo.Port);
        Assert.Equal("+OK\r\n", probe.Ask("AUTH", Secrets.Password));
        foreach (var before in form[..^1])
            probe.Ask(before);
        probe.Send(RespProbe.Frame("KV.TRACE", $"00-{ActivityTraceId.CreateRandom()}-{ActivitySpanId.CreateRandom()}-01"));
        probe.Send(RespProbe.Frame(form[^1]));
        probe.Send(RespProbe.Frame("QUIT"));
        return !probe.ReadToEnd().StartsWith('-');
    }

    /// <summary>Half a command, and one that is larger than anything may be.</summary>
    private static void SayBadly(SiloProcess silo, string name)
    {
        var frame = RespProbe.Frame(name, $"kv:m/{Secrets.Key}", Secrets.Value);
        SayBroken(silo, $"{Encoding.Latin1.GetString(frame.AsSpan(0, frame.Length - 4))}");
        SayBroken(silo, $"*3\r\n${name.Length}\r\n{name}\r\n${Secrets.Key.Length}\r\n{Secrets.Key}\r\n$17000000\r\n{Secrets.Value}");
    }

    private static void SayBroken(SiloProcess silo, string text)
    {
        using (var stranger = new RespProbe(silo.Port))
            stranger.Send(text);
        var probe = new RespProbe(silo.Port);
        probe.Ask("AUTH", Secrets.Password);
        probe.Send(text);
        probe.EndSending();
        try
        {
            probe.ReadToEnd();
        }
        finally
        {
            probe.Cut();
        }
    }

    /// <summary>Commands for keys of which some are the other's, which is gone.</summary>
    private static void SayUnanswered(SiloProcess silo)
    {
        for (var nth = 0; nth < 8; nth++)
        {
            Say(silo, [["KV.SET", $"kv:m/{Secrets.Key}-late-{nth}", "ANY", "0", "-", Secrets.Value]]);
            Say(silo, [["SET", $"{Secrets.Key}-late-{nth}", Secrets.Value]]);
            Say(silo, [["GET", $"kv:m/{Secrets.Key}-late-{nth}"]]);
        }
    }

    /// <summary>Asks the HTTP port for keys, well and badly.</summary>
    private static async Task AskTheDoorAsync(SiloProcess silo)
    {
        foreach (var path in new[] { $"/api/explain?key=kv:m/{Secrets.Key}-0", $"/api/explain?key=hex:{Secrets.Key}", $"/api/{Secrets.Key}", $"/metrics?{Secrets.Key}", $"/{Secrets.Key}?a={Secrets.Value}" })
        {
            using var answer = await Http.GetAsync(At(silo, path));
            Assert.NotEqual(System.Net.HttpStatusCode.InternalServerError, answer.StatusCode);
        }

        foreach (var text in new[] { $"GET /{Secrets.Key} {Secrets.Value}\r\n\r\n", $"{Secrets.Key} / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX: {Secrets.Value}\r\n\r\n", $"GET / HTTP/1.1\r\n{Secrets.Key}\r\n\r\n" })
        {
            using var probe = new RespProbe(silo.HttpPort);
            probe.Send(text);
            Assert.StartsWith("HTTP/1.1 4", probe.ReadToEnd(), StringComparison.Ordinal);
        }
    }

    /// <summary>Two frames of the console's events. The hottest blocks have their keys there, on purpose, and are left out.</summary>
    private static async Task<string> WatchAsync(SiloProcess silo)
    {
        using var reader = new StreamReader(await Http.GetStreamAsync(At(silo, "/api/events")));
        var told = "";
        for (var frames = 0; frames < 2;)
        {
            if (await reader.ReadLineAsync().WaitAsync(Eventually.Deadline) is not { } line)
                throw new EndOfStreamException();
            if (!line.StartsWith("data: ", StringComparison.Ordinal))
                continue;
            var picture = JsonNode.Parse(line[6..])!.AsObject();
            foreach (var block in picture["hot"]!.AsArray())
                block!.AsObject().Remove("key");
            told += picture.ToJsonString() + "\n";
            frames++;
        }

        return told;
    }

    private static Uri At(SiloProcess silo, string path) => new($"http://127.0.0.1:{silo.HttpPort}{path}");
}
