using KvOrleans.Contracts.Blocks;
using KvOrleans.Grains.Registers;
using Orleans.Runtime;
using static KvOrleans.Grains.Tests.Registers.ScriptedSilo;

namespace KvOrleans.Grains.Tests.Registers;

/// <summary>When a life may act on a register: each rule of docs/cluster.md, section Registers, by a table and a clock that are scripted.</summary>
public sealed class RegisterGuardTests
{
    private static readonly BlockKey Any = BlockKey.From("any");

    [Fact]
    public void MayAct_BeforeAnyRead_IsFalse()
    {
        using var silo = new ScriptedSilo();

        Assert.False(silo.Guard.MayAct(Any.Span));
    }

    [Fact]
    public void MayAct_InTheFirstMap_WaitsForWhoeverWasBefore()
    {
        using var silo = new ScriptedSilo();
        silo.Read(Table(1, A));
        silo.PassAlmostAll();
        Assert.False(silo.Guard.MayAct(Any.Span));

        silo.PassTheRest();

        Assert.True(silo.Guard.MayAct(Any.Span));
    }

    [Fact]
    public void MayAct_InATableThatBeganWithThisLife_IsTrueAtOnce()
    {
        using var silo = new ScriptedSilo(isNewTable: true);

        silo.Read(Table(1, A));

        Assert.True(silo.Guard.MayAct(Any.Span));
    }

    [Fact]
    public void MayAct_WhenTheLastReadWasSentTooLongAgo_IsFalseUntilTheNext()
    {
        using var silo = Settled(1, A);
        silo.Time.Advance(RegisterGuard.Fence - TimeSpan.FromMilliseconds(1));
        Assert.True(silo.Guard.MayAct(Any.Span));
        silo.Time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.False(silo.Guard.MayAct(Any.Span));

        // It counts from the sending: an answer that was long on its way vouches for little.
        var sent = silo.Time.GetTimestamp();
        silo.Time.Advance(RegisterGuard.Fence);
        silo.Installer.Install(Table(1, A), sent, silo.Time.GetTimestamp());
        Assert.False(silo.Guard.MayAct(Any.Span));

        silo.Read(Table(1, A));
        Assert.True(silo.Guard.MayAct(Any.Span));
    }

    [Fact]
    public void MayAct_ForAReaderThatStoodStillWhileTheKeyWasLostAndCameBack_IsFalse()
    {
        using var silo = new ScriptedSilo();
        var key = Key(([A], A), ([A, B], B));
        IRegisterGuard guard = silo.Guard;
        silo.Read(Table(1, A));
        silo.Pass(Wait);
        var term = guard.Term;
        Assert.True(guard.MayAct(key.Span, term));

        silo.Read(Table(2, A, B));
        silo.Confirm(B);
        Assert.False(guard.MayAct(key.Span, term));
        silo.Read(Table(3, Row(A), Row(B, SiloStatus.Dead)));
        silo.Pass(Wait);

        Assert.True(guard.MayAct(key.Span));
        Assert.False(guard.MayAct(key.Span, term));
        Assert.True(guard.MayAct(key.Span, guard.Term));
    }

    [Fact]
    public void MayAct_WithOthersInTheMap_NeedsExactlyThisMapFromEach()
    {
        using var silo = new ScriptedSilo();
        var key = Key(([A, B, C], A));
        silo.Read(Table(5, A, B, C));
        silo.Pass(Wait);
        silo.Confirm(C);
        silo.Confirm(B, Table(4, A, C));
        Assert.False(silo.Guard.MayAct(key.Span));
        silo.Confirm(B, Table(6, Row(A), Row(B), Row(C), Row(At(4), SiloStatus.Joining)));
        Assert.False(silo.Guard.MayAct(key.Span));
        silo.Confirm(B, Table(5, A, B, C) with { Incarnation = Incarnation + 1 });
        Assert.False(silo.Guard.MayAct(key.Span));

        // A vote raises the version and takes nothing from anybody.
        silo.Confirm(B, Table(6, A, B, C));

        Assert.True(silo.Guard.MayAct(key.Span));
        Assert.False(silo.Guard.MayAct(Key(([A, B, C], B)).Span));
    }

    [Fact]
    public void MayAct_WhenAMapWasConfirmedBeforeTheNext_NeedsTheNextConfirmedToo()
    {
        using var silo = new ScriptedSilo();
        silo.Read(Table(5, A, B));
        silo.Confirm(B);
        silo.Read(Table(6, Row(A), Row(B), Row(C, SiloStatus.Joining)));
        silo.Pass(Wait);

        Assert.False(silo.Guard.MayAct(Key(([A, B], A)).Span));
        silo.Confirm(B);
        Assert.True(silo.Guard.MayAct(Key(([A, B], A)).Span));
    }

    [Fact]
    public void MayAct_OnAKeyThatIsKept_GoesOnWhileMapsChange()
    {
        using var silo = Settled(1, A, B);
        var kept = Key(([A, B], A), ([A, B, C], A), ([A], A));
        var lost = Key(([A, B], A), ([A, B, C], C));

        silo.Read(Table(2, A, B, C));
        Assert.True(silo.Guard.MayAct(kept.Span));
        Assert.False(silo.Guard.MayAct(lost.Span));

        silo.Read(Table(3, A, B));
        silo.Read(Table(4, A));
        Assert.True(silo.Guard.MayAct(kept.Span));
        Assert.False(silo.Guard.IsSettled);
    }

    [Fact]
    public void MayAct_OnAKeyThatIsGained_WaitsForTheLifeThatIsGone()
    {
        using var silo = Settled(1, A, B);
        var gained = Key(([A, B], B));

        silo.Read(Table(2, Row(A), Row(B, SiloStatus.ShuttingDown)));
        silo.PassAlmostAll();
        Assert.False(silo.Guard.MayAct(gained.Span));

        silo.PassTheRest();
        Assert.True(silo.Guard.MayAct(gained.Span));
    }

    [Fact]
    public void MayAct_OnAKeyThatIsGained_CountsFromTheFirstReadThatShowedIt()
    {
        using var silo = Settled(1, A, B);
        var gained = Key(([A, B], B));
        silo.Read(Table(2, Row(A), Row(B, SiloStatus.ShuttingDown)));
        silo.Pass(Wait / 2);

        silo.Read(Table(3, Row(A), Row(B, SiloStatus.Dead)));
        silo.Pass(Wait / 2);

        Assert.True(silo.Guard.MayAct(gained.Span));
    }

    [Fact]
    public void MayAct_AfterALifeVanishedFromTheTable_WaitsForIt()
    {
        using var silo = Settled(1, A, B);
        var gained = Key(([A, B], B));

        silo.Read(Table(2, A));
        silo.PassAlmostAll();
        Assert.False(silo.Guard.MayAct(gained.Span));

        silo.PassTheRest();
        Assert.True(silo.Guard.MayAct(gained.Span));
    }

    [Fact]
    public void MayAct_AfterALifeThatWasNeverSeenAlive_WaitsForIt()
    {
        using var silo = Settled(1, A, B);
        silo.Read(Table(5, Row(A), Row(B), Row(C, SiloStatus.Dead)));
        silo.Confirm(B);
        silo.PassAlmostAll();
        Assert.False(silo.Guard.IsSettled);

        silo.PassTheRest();
        Assert.True(silo.Guard.IsSettled);
    }

    [Fact]
    public void MayAct_AfterALifeThatALaterOneOfItsNameReplaced_WaitsForIt()
    {
        using var silo = Settled(1, A, B);
        var replaced = Row(At(9, generation: 2), name: $"s{B.Endpoint.Port}");
        silo.Read(Table(2, Row(A), Row(B), replaced));
        silo.Confirm(replaced.Address);
        silo.PassAlmostAll();
        Assert.False(silo.Guard.IsSettled);

        silo.PassTheRest();
        Assert.True(silo.Guard.IsSettled);
    }

    [Fact]
    public void MayAct_OnAKeyThatWasLostAndIsRegained_WaitsAgain()
    {
        using var silo = Settled(1, A);
        var key = Key(([A, B], B));
        silo.Read(Table(2, A, B));
        silo.Read(Table(3, A));

        Assert.False(silo.Guard.MayAct(key.Span));
        silo.Pass(Wait);
        Assert.True(silo.Guard.MayAct(key.Span));
    }

    [Fact]
    public void MayAct_WhenMapsChangeFasterThanTheySettle_IsFalseUntilOneDoes()
    {
        using var silo = Settled(1, A, B);
        var key = Key(([A, B], A), ([A, B, C], A));
        for (var version = 2; version < 2 + RegisterGuard.MostMaps; version++)
        {
            Assert.True(silo.Guard.MayAct(key.Span));
            silo.Read(version % 2 == 0 ? Table(version, A, B, C) : Table(version, A, B));
        }

        Assert.False(silo.Guard.MayAct(key.Span));
        silo.Confirm(B);
        silo.Confirm(C);
        silo.Pass(Wait);
        Assert.True(silo.Guard.MayAct(key.Span));
    }

    [Fact]
    public void MayAct_Asked_AllocatesNothing()
    {
        using var silo = Settled(1, A, B);
        var key = Key(([A, B], A));
        Assert.True(silo.Guard.MayAct(key.Span));
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
            silo.Guard.MayAct(key.Span);

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    /// <summary>A silo whose first map, of these silos, is settled.</summary>
    private static ScriptedSilo Settled(long version, params SiloAddress[] silos)
    {
        var silo = new ScriptedSilo();
        silo.Read(Table(version, silos));
        silo.Pass(Wait);
        foreach (var other in silos.Where(one => !one.Equals(A)))
            silo.Confirm(other);
        Assert.True(silo.Guard.IsSettled);
        return silo;
    }
}
