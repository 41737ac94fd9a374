using KvOrleans.Contracts.Blocks;
using KvOrleans.Contracts.Cluster;
using KvOrleans.Grains.Membership;
using KvOrleans.Grains.Registers;
using Orleans.Runtime;
using static KvOrleans.Grains.Tests.Registers.ScriptedSilo;

namespace KvOrleans.Grains.Tests.Registers;

/// <summary>What a reading of the membership table does to the map, to the registers and to the life.</summary>
public sealed class MapInstallerTests
{
    private static readonly BlockKey WriteOnce = BlockKey.From("kv:block");

    public static TheoryData<string> Endings => ["dead", "stopping", "missing", "replaced", "older", "rewritten", "other", "none", "rolled back"];

    [Theory]
    [MemberData(nameof(Endings))]
    public void Install_OfATableThatGaveThisLifeUp_EndsItForGood(string ending)
    {
        using var silo = new ScriptedSilo(isNewTable: true);
        var register = BlockKey.From("register");
        silo.Read(Table(5, A));
        silo.Publish(register, BlockKind.Overwritable);
        silo.Publish(WriteOnce, BlockKind.WriteOnce);
        Assert.True(silo.Guard.MayAct(register.Span));

        silo.Read(ending switch
        {
            "dead" => Table(6, Row(A, SiloStatus.Dead)),
            "stopping" => Table(6, Row(A, SiloStatus.ShuttingDown)),
            "missing" => Table(6, B),
            "replaced" => Table(6, Row(A), Row(At(9, generation: 2), name: $"s{A.Endpoint.Port}")),
            "rewritten" => Table(5, A, B),
            "older" => Table(4, A),
            "other" => Table(6, A) with { Incarnation = Incarnation + 1 },
            "none" => TableReading.Lost,
            _ => Table(6, A) with { Server = "started again" },
        });

        Assert.True(silo.Life.IsOver);
        Assert.False(silo.Guard.MayAct(register.Span));
        Assert.False(silo.Has(register));
        Assert.True(silo.Has(WriteOnce));
        silo.Read(Table(7, A));
        Assert.True(silo.Life.IsOver);
        Assert.False(silo.Guard.MayAct(register.Span));
    }

    [Fact]
    public void Install_BeforeThisLifeIsActive_DoesNotEndIt()
    {
        using var silo = new ScriptedSilo();

        silo.Read(Table(1, B));
        silo.Read(Table(2, Row(A, SiloStatus.Joining), Row(B)));
        silo.Read(Table(3, A, B));

        Assert.False(silo.Life.IsOver);
        Assert.Equal(2, silo.View.Current.Silos.Length);
    }

    [Fact]
    public void Install_FromAServerThatWasStartedAgain_GoesOnWithTheSameTable()
    {
        using var silo = new ScriptedSilo(isNewTable: true);
        silo.Read(Table(5, A));

        silo.Read(Table(5, A) with { Server = "started again" });
        silo.Read(Table(6, A) with { Server = "started again" });

        Assert.False(silo.Life.IsOver);
        Assert.Equal(6, silo.View.Current.Id);
    }

    [Fact]
    public void Install_OfAMap_DropsWhatItTakesAwayAndKeepsTheRest()
    {
        using var silo = new ScriptedSilo(isNewTable: true);
        var (lost, kept) = (Key(([A, B], B)), Key(([A, B], A)));
        silo.Read(Table(1, A));
        silo.Publish(lost, BlockKind.Overwritable);
        silo.Publish(kept, BlockKind.Overwritable);
        silo.Publish(WriteOnce, BlockKind.WriteOnce);

        silo.Read(Table(2, A, B));

        Assert.Equal((false, true, true), (silo.Has(lost), silo.Has(kept), silo.Has(WriteOnce)));
    }

    [Fact]
    public void Install_OfAMapThatGivesAKeyBack_DropsWhatALateWriterLeft()
    {
        using var silo = new ScriptedSilo(isNewTable: true);
        var key = Key(([A, B], B));
        silo.Read(Table(1, A));
        silo.Read(Table(2, A, B));
        silo.Publish(key, BlockKind.Overwritable);

        silo.Read(Table(3, A));

        Assert.False(silo.Has(key));
    }

    [Fact]
    public void Install_OfAMap_IsCompleteWhenFollowersHearOfIt()
    {
        var follower = new RecordingFollower();
        using var silo = new ScriptedSilo(isNewTable: true, follower);
        var lost = Key(([A, B], B));
        silo.Read(Table(1, A));
        silo.Publish(lost, BlockKind.Overwritable);
        follower.WhenTold = map =>
        {
            Assert.Equal((map, map.Position), (silo.View.Current, silo.View.Confirm(map.Position)));
            Assert.False(silo.Has(lost));
        };

        silo.Read(Table(2, A, B));
        silo.Read(Table(2, A, B));

        Assert.Equal([(long.MinValue, 1L), (1L, 2L)], follower.Told);
        Assert.Null(follower.Failure);
    }

    [Fact]
    public void Install_WithoutTheRowsOfDeadLives_GoesOnUnderTheSameVersion()
    {
        using var silo = new ScriptedSilo();
        silo.Read(Table(5, Row(A), Row(B, SiloStatus.Dead), Row(C, SiloStatus.Dead)));

        silo.Read(Table(5, Row(A), Row(C, SiloStatus.Dead)));

        Assert.False(silo.Life.IsOver);
        Assert.Equal(Table(5, Row(A), Row(C, SiloStatus.Dead)).Digest, silo.View.Current.Digest);
    }

    [Fact]
    public void Install_OfAnotherVersionWithTheSameRows_TakesNothing()
    {
        using var silo = new ScriptedSilo(isNewTable: true);
        silo.Read(Table(5, A));
        var generation = silo.Store.RegisterGeneration;

        silo.Read(Table(6, A));

        Assert.Equal((6, true, generation), (silo.View.Current.Id, silo.Guard.IsSettled, silo.Store.RegisterGeneration));
    }

    [Fact]
    public void Install_OfAMap_KeepsWhatWasDecidedBeforeFromBeingPublished()
    {
        using var silo = new ScriptedSilo(isNewTable: true);
        silo.Read(Table(5, A));
        var generation = silo.Store.RegisterGeneration;

        silo.Read(Table(6, A, B));

        Assert.True(silo.Store.RegisterGeneration > generation);
    }

    [Fact]
    public void Failed_Read_IsCutOffUntilTheNext()
    {
        using var silo = new ScriptedSilo();
        silo.Read(Table(1, A));
        silo.Time.Advance(TimeSpan.FromSeconds(1));

        silo.Installer.Failed(silo.Time.GetTimestamp());

        Assert.True(silo.View.IsCutOff);
        silo.Read(Table(1, A));
        Assert.False(silo.View.IsCutOff);
    }

    [Fact]
    public void Failed_Reads_OneAfterTheOther_LeaveNoMomentInWhichItIsNotKnown()
    {
        using var silo = new ScriptedSilo();
        silo.Read(Table(1, A));
        for (var read = 0; read < 5; read++)
        {
            // As the reader does it: each second, and each is given a second.
            var sent = silo.Time.GetTimestamp();
            for (var tenth = 0; tenth < 10; tenth++)
            {
                silo.Time.Advance(TimeSpan.FromSeconds(0.1));
                Assert.True(silo.View.FenceAge < RegisterGuard.Fence || silo.View.IsCutOff);
            }

            silo.Installer.Failed(sent);
        }

        Assert.True(silo.View.FenceAge > RegisterGuard.Fence);
    }

    [Fact]
    public void Failed_ReadDuringWhichTheSiloStoodStill_SaysNothing()
    {
        using var silo = new ScriptedSilo();
        silo.Read(Table(1, A));
        silo.Time.Advance(TimeSpan.FromSeconds(1));
        var sent = silo.Time.GetTimestamp();
        silo.Time.Advance(TimeSpan.FromSeconds(60));

        silo.Installer.Failed(sent);

        Assert.False(silo.View.IsCutOff);
    }

    [Fact]
    public void Failed_ReadsOfASiloThatStoodStillBefore_SayNothing()
    {
        using var silo = new ScriptedSilo();
        silo.Read(Table(1, A));
        silo.Time.Advance(RegisterGuard.Fence);

        for (var read = 0; read < 3; read++)
        {
            silo.Installer.Failed(silo.Time.GetTimestamp());
            Assert.False(silo.View.IsCutOff);
            silo.Time.Advance(TimeSpan.FromSeconds(1));
        }

        silo.Read(Table(1, A));
        silo.Time.Advance(TimeSpan.FromSeconds(1));
        silo.Installer.Failed(silo.Time.GetTimestamp());
        Assert.True(silo.View.IsCutOff);
    }

    [Fact]
    public void Failed_Read_CountsForAShortTime()
    {
        using var silo = new ScriptedSilo();
        silo.Read(Table(1, A));
        silo.Time.Advance(TimeSpan.FromSeconds(1));
        silo.Installer.Failed(silo.Time.GetTimestamp());
        Assert.True(silo.View.IsCutOff);

        silo.Time.Advance(TimeSpan.FromSeconds(60));

        Assert.False(silo.View.IsCutOff);
    }

    [Fact]
    public void Install_OfTwoLivesOfOneName_TakesTheLater()
    {
        using var silo = new ScriptedSilo();
        var later = Row(At(9, generation: 2), name: $"s{B.Endpoint.Port}");

        silo.Read(Table(1, Row(A), Row(B), later, new(C, SiloStatus.Active, "somebody else's silo")));

        Assert.Equal([SiloLife.Of(A), SiloLife.Of(later.Address)], silo.View.Current.Silos.Select(one => one.Life));
        Assert.Equal(later.Address, silo.View.AddressOf(SiloLife.Of(later.Address)));
        Assert.Null(silo.View.AddressOf(SiloLife.Of(B)));
    }

    [Fact]
    public async Task WaitForChange_AtAnyMoment_EndsWithAnotherMap()
    {
        using var silo = new ScriptedSilo();
        silo.Read(Table(1, A));
        Assert.Same(silo.View.Current, await silo.View.WaitForChangeAsync(new(Incarnation, 9), CancellationToken.None));
        var change = silo.View.WaitForChangeAsync(silo.View.Current.Position, CancellationToken.None);
        silo.Read(Table(1, A));
        Assert.False(change.IsCompleted);

        silo.Read(Table(2, A));

        Assert.Equal(2, (await change).Id);
    }
}
