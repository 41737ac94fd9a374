using KvOrleans.Contracts.Blocks;
using KvOrleans.Silo.DataPlane.Sessions;

namespace KvOrleans.Silo.DataPlane.Commands.Keys;

/// <summary>Replies to a question about one block that has a number for an answer.</summary>
internal static class KeyQuery
{
    /// <summary>Answers the session's command, whose only argument is the key.</summary>
    public static ValueTask ReplyAsync(Session session, string command, Func<BlockInfo?, long> answer)
    {
        var key = session.Argument(1);
        var term = session.Services.Router.Term;
        var found = session.Store.TryGetInfo(key, out var info);
        if (!session.Services.Router.AnswersHere(key, found, term))
            return RouteAsync(session, BlockKey.From(key), command, answer);
        session.Output.WriteInteger(answer(found ? info : null));
        return ValueTask.CompletedTask;
    }

    private static async ValueTask RouteAsync(Session session, BlockKey key, string command, Func<BlockInfo?, long> answer) =>
        (await session.Services.Numbers.AskAsync(session, key, command, answer).ConfigureAwait(false)).Write(session.Output);
}
