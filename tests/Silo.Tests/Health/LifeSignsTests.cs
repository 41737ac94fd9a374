using System.Runtime.CompilerServices;
using KvOrleans.Probes;
using KvOrleans.Silo.Health;
using KvOrleans.Silo.Tests.Hosting;
using KvOrleans.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace KvOrleans.Silo.Tests.Health;

/// <summary>A whole silo's signs of life: they move while it works, and stop when what they stand for does.</summary>
public sealed class LifeSignsTests
{
    [Fact]
    public async Task Signs_OfASiloThatWorks_Move()
    {
        await using var silo = await SiloUnderTest.StartAsync();
        var signs = silo.Services.GetRequiredService<ILifeSigns>();
        var before = Turns(signs);

        using (var probe = silo.Connect())
            Assert.Equal("+PONG\r\n", probe.Ask("PING"));

        await Eventually.HoldsAsync(() => Turns(signs).Zip(before).All(one => one.First > one.Second), "every sign has moved");
        Assert.Null(signs.WhatEnded());
        await Eventually.HoldsAsync(() => signs.WhyNotReady() is null, "the silo is ready");
    }

    [Fact]
    public async Task Housekeeping_WhileTheStoreIsHeld_StandsStill()
    {
        await using var other = await SiloUnderTest.StartAsync();
        await using var silo = await SiloUnderTest.StartAsync();
        var (signs, clock) = (silo.Services.GetRequiredService<ILifeSigns>(), other.Services.GetRequiredService<ILifeSigns>());
        using var held = new ManualResetEventSlim();
        using var enough = new ManualResetEventSlim();
        var holder = new Thread(() =>
        {
            lock (LockOf(silo.Store))
            {
                held.Set();
                enough.Wait();
            }
        });

        holder.Start();
        held.Wait(TestContext.Current.CancellationToken);
        var (mine, others) = (Turns(signs)[1], Turns(clock)[1]);
        await Eventually.HoldsAsync(() => Turns(clock)[1] >= others + 3, "another silo keeps house");
        var stood = Turns(signs)[1];
        enough.Set();
        holder.Join();

        Assert.InRange(stood, mine, mine + 1);
        await Eventually.HoldsAsync(() => Turns(signs)[1] > stood, "housekeeping goes on");
    }

    [Fact]
    public async Task DataPlane_ThatIsClosed_IsNotReadyAndNotStuck()
    {
        await using var silo = await SiloUnderTest.StartAsync();
        var signs = silo.Services.GetRequiredService<ILifeSigns>();

        await silo.CloseDataPlaneAsync();

        Assert.Equal("the data plane is not open", signs.WhyNotReady());
        Assert.Null(signs.WhatEnded());
        Assert.Empty(signs.Progress());
    }

    private static long[] Turns(ILifeSigns signs) => [.. signs.Progress().Select(progress => progress.Turns)];

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_lock")]
    private static extern ref readonly Lock LockOf(BlockStore store);
}
