using KvOrleans.Histories;
using KvOrleans.Histories.Checking;

namespace KvOrleans.Faults.Tests.Checking;

/// <summary>Histories of which a person knows whether they are right.</summary>
public class KnownHistoriesTests
{
    [Fact]
    public void Read_OfWhatWasOverwritten_IsViolated() =>
        new Script().Set(0, 1, "a").Set(2, 3, "b").Get(4, 5, "a").IsViolated();

    [Fact]
    public void Read_OfWhatIsBeingOverwritten_Holds() =>
        new Script().Set(0, 1, "a").Set(2, 6, "b").Get(3, 4, "a").Get(5, 7, "b").Holds();

    [Fact]
    public void Reads_ThatSeeAWriteAndThenNot_AreViolated() =>
        new Script().Set(0, 1, "a").Set(2, 9, "b").Get(3, 4, "b").Get(5, 6, "a").IsViolated();

    [Fact]
    public void Read_OfAValueThatNobodyWrote_IsViolated() =>
        new Script().Set(0, 1, "a").Get(2, 3, "ghost").IsViolated();

    [Fact]
    public void Read_BeforeTheWrite_IsViolated() =>
        new Script().Get(0, 1, "a").Set(2, 3, "a").IsViolated();

    [Fact]
    public void Read_OfARefusedWrite_IsViolatedAndNamesTheRefusal() =>
        Assert.Contains("noeffect", new Script().RefusedSet(0, 1, "a").Get(2, 3, "a").IsViolated(), StringComparison.Ordinal);

    [Fact]
    public void Loss_AtAnyMoment_Holds() =>
        new Script().Set(0, 1, "a").Get(2, 3, "a").Get(4, 5, null).Get(6, 7, null).Set(8, 9, "b").Get(10, 11, "b").Holds();

    [Fact]
    public void Read_OfWhatWasLost_IsViolated() =>
        new Script().Set(0, 1, "a").Get(2, 3, null).Get(4, 5, "a").IsViolated();

    [Fact]
    public void Read_OfSomethingOlderAfterALoss_IsViolated() =>
        new Script().Set(0, 1, "a").Set(2, 3, "b").Get(4, 5, "b").Get(6, 7, null).Get(8, 9, "a").IsViolated();

    [Fact]
    public void Read_OfWhatWasDeleted_IsViolated() =>
        new Script().Set(0, 1, "a").Delete(2, 3, found: true).Get(4, 5, "a").IsViolated();

    [Fact]
    public void Delete_ThatFoundNothing_IsTheEndOfWhatWasThere() =>
        new Script().Set(0, 1, "a").Delete(2, 3, found: false).Get(4, 5, "a").IsViolated();

    [Fact]
    public void Delete_OfNothingThatFoundSomething_IsViolated() =>
        new Script().Set(0, 1, "a").Delete(2, 3, found: true).Delete(4, 5, found: true).IsViolated();

    [Fact]
    public void TwoWrites_OfOneVersion_AreALostUpdate() =>
        new Script().Set(0, 1, "a", "v1")
            .SetExactly(2, 5, "b", "v1", Outcome.Done("v2")).SetExactly(3, 6, "c", "v1", Outcome.Done("v3")).IsViolated();

    [Fact]
    public void TwoWrites_OfOneVersionOfWhichOneIsRefused_Hold() =>
        new Script().Set(0, 1, "a", "v1")
            .SetExactly(2, 5, "b", "v1", Outcome.Done("v2")).SetExactly(3, 6, "c", "v1", Outcome.Conflict("v2")).Get(7, 8, "b", "v2").Holds();

    [Fact]
    public void RefusedWrite_ThatNamesWhatWasOverwritten_IsViolated() =>
        new Script().Set(0, 1, "a", "v1").Set(2, 3, "b", "v2").SetExactly(4, 5, "c", "v0", Outcome.Conflict("v1")).IsViolated();

    [Fact]
    public void RefusedWrite_ThatNamesTheVersionItWanted_IsViolated() =>
        new Script().Set(0, 1, "a", "v1").SetExactly(2, 3, "b", "v1", Outcome.Conflict("v1")).IsViolated();

    [Fact]
    public void WriteOfAVersion_AfterALoss_IsViolated() =>
        new Script().Set(0, 1, "a", "v1").Get(2, 3, null).SetExactly(4, 5, "b", "v1", Outcome.Done("v2")).IsViolated();

    [Fact]
    public void WriteOfAVersion_ThatFoundNothing_IsALoss() =>
        new Script().Set(0, 1, "a", "v1").SetExactly(2, 3, "b", "v1", Outcome.Absent).Get(4, 5, null).Holds();

    [Fact]
    public void WriteIfAbsent_OverWhatIsThere_IsALossFirst() =>
        new Script().Set(0, 1, "a").SetIfAbsent(2, 3, "b", Outcome.Done()).Get(4, 5, "b").Holds();

    [Fact]
    public void WriteIfAbsent_ThenWhatWasThere_IsViolated() =>
        new Script().Set(0, 1, "a").SetIfAbsent(2, 3, "b", Outcome.Done()).Get(4, 5, "a").IsViolated();

    [Fact]
    public void WriteIfAbsent_RefusedByNothing_IsViolated() =>
        new Script().SetIfAbsent(0, 1, "a", Outcome.Conflict()).Set(2, 3, "b").IsViolated();

    [Fact]
    public void OneVersion_WithTwoContents_IsViolated() =>
        Assert.Contains("two contents", new Script().Set(0, 1, "a", "v1").Set(2, 3, "b", "v1").Get(4, 5, "b", "v1").IsViolated(), StringComparison.Ordinal);

    [Fact]
    public void UnknownWrite_ThatTakesEffectLate_Holds() =>
        new Script().UnknownSet(0, "late").Set(1, 2, "a").Get(3, 4, "a").Set(5, 6, "b").Get(7, 8, "late").Holds();

    [Fact]
    public void UnknownWrite_ThatNeverTakesEffect_Holds() =>
        new Script().Set(0, 1, "a").UnknownSet(2, "never").Get(3, 4, "a").Holds();

    [Fact]
    public void UnknownWrite_ThatTakesEffectTwice_IsViolated() =>
        new Script().UnknownSet(0, "u").Get(1, 2, "u").Set(3, 4, "a").Get(5, 6, "u").IsViolated();

    [Fact]
    public void UnknownWrite_BeforeItWasSent_IsViolated() =>
        new Script().Get(0, 1, "u").UnknownSet(2, "u").IsViolated();

    [Fact]
    public void UnknownWriteOfAVersion_AfterThatVersion_Holds() =>
        new Script().Set(0, 1, "a", "v1").UnknownSetExactly(2, "b", "v1").Get(3, 4, "a").Get(5, 6, "b").Holds();

    [Fact]
    public void UnknownWriteOfAVersion_ThatIsGone_IsViolated() =>
        new Script().Set(0, 1, "a", "v1").UnknownSetExactly(2, "b", "v1").Set(3, 4, "c").Get(5, 6, "b").IsViolated();

    [Fact]
    public void UnknownWrites_OfWhichOneNeedsTheOther_Hold() =>
        new Script().UnknownSet(0, "a").UnknownSetExactly(1, "b", "v1").Set(2, 3, "c").Get(4, 5, "b").Get(6, 7, "b", "v2").Holds();

    [Fact]
    public void UnknownDelete_OfWhatIsReadAgain_IsNoMatter() =>
        new Script().Set(0, 1, "a").UnknownDelete(2).Get(3, 4, "a").Get(5, 6, null).Holds();

    [Fact]
    public void UnknownWrite_ThatARefusalOrADeleteSaw_Holds() =>
        new Script().UnknownSet(0, "u").UnknownSet(0, "w").SetIfAbsent(1, 2, "a", Outcome.Conflict()).Delete(3, 4, found: true).Delete(5, 6, found: true).Get(7, 8, null).Holds();

    [Fact]
    public void UnknownWrite_ThatTwoDeletesSaw_IsViolated() =>
        new Script().UnknownSet(0, "u").Delete(1, 2, found: true).Delete(3, 4, found: true).IsViolated();

    [Fact]
    public void UnknownWrite_ThatADeleteMightHaveSeen_IsKeptForWhoNeedsIt() =>
        new Script().UnknownSet(0, "u").UnknownSet(0, "w").Delete(1, 2, found: true).Set(3, 4, "a").Get(5, 6, "u").Holds();

    [Fact]
    public void OneValue_WrittenTwice_IsNoHistory() =>
        Assert.Throws<ArgumentException>(() => new Script().Set(0, 1, "a").Set(2, 3, "a").Check());

    [Fact]
    public void Registers_AreCheckedEachOnItsOwn()
    {
        Operation[] history =
        [
            new(1, "reg:1", OperationKind.Set, "a", null, 0, 1, Outcome.Done()),
            new(1, "reg:2", OperationKind.Get, null, null, 2, 3, Outcome.Found("a")),
        ];

        Assert.Equal("reg:2", Assert.Single(LinearizabilityChecker.FindWrong(history)).Key);
    }

    [Fact]
    public void Explanation_OfALongHistory_HasTheFewOperationsThatMatter()
    {
        var script = new Script();
        for (var at = 0; at < 200; at++)
            script.Set(at * 10, (at * 10) + 3, $"w{at}").Get((at * 10) + 4, (at * 10) + 6, at == 150 ? "w148" : $"w{at}");

        var explanation = script.IsViolated();

        var core = explanation[..explanation.IndexOf("The longest order", StringComparison.Ordinal)].Trim().Split('\n');
        Assert.InRange(core.Length, 4, 5);
        Assert.Contains("w148", core[1], StringComparison.Ordinal);
        Assert.Contains("value w148", core[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Check_ThatWouldCostTooMuch_SaysThatItGaveUp()
    {
        var script = new Script();
        for (var at = 0; at < 12; at++)
            script.Set(0, 100, $"w{at}").Get(0, 100, $"w{at}");
        script.Get(101, 102, "ghost");

        Assert.Equal(VerdictKind.GaveUp, script.Check(new(1000, TimeSpan.FromSeconds(30))).Kind);
        Assert.Equal(VerdictKind.Violated, script.Check().Kind);
    }
}
