using System.Collections.Concurrent;

namespace KvOrleans.Silo.DataPlane.Sessions;

/// <summary>The sessions of now. Thread-safe.</summary>
internal sealed class SessionRegistry
{
    private readonly ConcurrentDictionary<long, Session> _sessions = [];

    public int Count => _sessions.Count;

    public IEnumerable<Session> All => _sessions.Values.OrderBy(session => session.Id);

    public void Add(Session session) => _sessions.TryAdd(session.Id, session);

    public void Remove(Session session) => _sessions.TryRemove(session.Id, out _);
}
