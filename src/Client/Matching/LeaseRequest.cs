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

    /// <summary>There will be no reply.</summary>
    public abstract void Fail(NoConnectionException error);
}
