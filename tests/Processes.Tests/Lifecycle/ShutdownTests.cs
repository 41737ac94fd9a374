using KvOrleans.Probes;
using KvOrleans.Processes.Tests.Running;

namespace KvOrleans.Processes.Tests.Lifecycle;

/// <summary>A silo told to end does, whatever its clients are doing.</summary>
public sealed class ShutdownTests
{
    [Fact]
    public async Task Terminate_WithClientsIdleAndInTheMiddleOfAValue_ExitsWithSuccess()
    {
        await using var silo = await SiloProcess.StartAsync();
        using var idle = new RespProbe(silo.Port);
        using var halfway = new RespProbe(silo.Port);
        Assert.Equal("+PONG\r\n", idle.Ask("PING"));
        halfway.Send("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$1000000\r\nthe beginning");
        await Eventually.HoldsAsync(() => !idle.Ask("INFO", "kvorleans").Contains("staged_bytes:0\r\n", StringComparison.Ordinal), "the value is staged");

        silo.SendTerminate();

        Assert.Equal(0, await silo.ExitAsync());
        Assert.Equal("", idle.ReadToEnd());
        Assert.Equal("", halfway.ReadToEnd());
        Assert.Contains("The data plane is closed.", silo.Written, StringComparison.Ordinal);
    }

    [Fact]
    public async Task EndOfInput_OfAChildThatStopsWithIt_ExitsWithSuccess()
    {
        await using var silo = await SiloProcess.StartAsync();

        silo.CloseInput();

        Assert.Equal(0, await silo.ExitAsync());
        Assert.Contains("The data plane is closed.", silo.Written, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Terminate_WithAClientThatNeverReads_ExitsWithSuccess()
    {
        await using var silo = await SiloProcess.StartAsync();
        using var client = new RespProbe(silo.Port, receiveBuffer: 4096);
        Assert.Equal("+OK\r\n", client.Ask("SET", "k", new string('x', 8 << 20)));
        client.Send(RespProbe.Frame("GET", "k"));
        client.Send(RespProbe.Frame("GET", "k"));

        silo.SendTerminate();

        Assert.Equal(0, await silo.ExitAsync());
    }
}
