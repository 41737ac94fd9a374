using KvOrleans.Histories;
using KvOrleans.Histories.Checking;

namespace KvOrleans.Faults.Tests.Checking;

/// <summary>Histories of a write-once block of which a person knows whether they are right.</summary>
public class DeletedContentsTests
{
    [Fact]
    public void Read_OfWhatWasDeletedBefore_IsWrong() => IsWrong(new Script().Set(0, 1, "a").Delete(2, 3, found: true).Get(4, 5, "a"));

    [Fact]
    public void Read_OfWhatADeleteDidNotFind_IsWrong() => IsWrong(new Script().Set(0, 1, "a").Delete(2, 3, found: false).Get(4, 5, "a"));

    [Fact]
    public void Read_DuringTheDelete_IsRight() => IsRight(new Script().Set(0, 1, "a").Delete(2, 6, found: true).Get(3, 7, "a"));

    [Fact]
    public void Read_OfWhatWasWrittenDuringTheDelete_IsRight() => IsRight(new Script().Set(0, 3, "a").Delete(2, 4, found: true).Get(5, 6, "a"));

    [Fact]
    public void Read_OfWhatWasWrittenBehindTheDelete_IsRight() =>
        IsRight(new Script().Set(0, 1, "a").Delete(2, 3, found: true).Set(4, 5, "b").Get(6, 7, "b"));

    [Fact]
    public void Read_OfAWriteOfWhichNobodyKnows_IsRight() => IsRight(new Script().UnknownSet(0, "a").Delete(2, 3, found: true).Get(4, 5, "a"));

    [Fact]
    public void Read_BehindADeleteOfWhichNobodyKnows_IsRight() => IsRight(new Script().Set(0, 1, "a").UnknownDelete(2).Get(4, 5, "a"));

    [Fact]
    public void Read_OfWhatNobodyWrote_IsWrong() => IsWrong(new Script().Get(0, 1, "ghost"));

    [Fact]
    public void Read_OfWhatIsWrittenLater_IsWrong() => IsWrong(new Script().Get(0, 1, "a").Set(2, 3, "a"));

    [Fact]
    public void Read_OfARefusedWrite_IsWrong() => IsWrong(new Script().RefusedSet(0, 1, "a").Get(2, 3, "a"));

    private static void IsWrong(Script script) => Assert.Single(DeletedContents.FindWrong(script.Operations));

    private static void IsRight(Script script) => Assert.Empty(DeletedContents.FindWrong(script.Operations));
}
