using KvOrleans.Client.Connections;
using KvOrleans.Wire;
using KvOrleans.Wire.Replies;

namespace KvOrleans.Client.Matching;

/// <summary>A request on a <see cref="LeaseChannel"/>. It is answered whether or not its caller still waits.</summary>
internal abstract class LeaseRequest
{
    /// <summary>Appends the request to what will be sent.</summary>
    public abstract void Write(RespOutput output);

    /// <summary>Reads the reply, of which <paramref name="first"/> is the first line, and completes the request.</summary>
    /// <returns>A lease that nobody waits for any more and that must be released; else 0.</returns>
    public abstract ValueTask<long> ReadReplyAsync(RespReplyReader replies, RespReplyLine first, CancellationToken cancellationToken);

    /// <summary>Nothing has arrived for <paramref name="silence"/> on the connection. Must not block.</summary>
    /// <returns>True when the caller would rather have the connection ended than go on waiting.</returns>
    public virtual bool Silent(TimeSpan silence) => false;

    /// <summary>The reply begins, after <paramref name="silence"/> in which nothing arrived.</summary>
    public virtual void Heard(TimeSpan silence)
    {
    }

    /// <summary>There will be no reply.</summary>
    public abstract void Fail(NoConnectionException error);
}
