using KvOrleans.Contracts.Control;
using KvOrleans.Wire;

namespace KvOrleans.Silo.DataPlane.Sessions;

/// <summary>Writes the reply to a decision that was under way while the session went on.</summary>
internal delegate void DeferredReply(Session session, RespOutput output, BlockDecision decision);
