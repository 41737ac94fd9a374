using KvOrleans.Contracts.Blocks;
using KvOrleans.Silo.DataPlane.Commands;
using KvOrleans.Silo.DataPlane.Routing;
using KvOrleans.Silo.DataPlane.Sessions;

namespace KvOrleans.Silo.DataPlane.Fills;

/// <summary>Reads the keys of a command about fill leases.</summary>
internal static class FillKeys
{
    /// <summary>Writes the ids of the command's keys into <paramref name="ids"/>.</summary>
    /// <returns>Null, or the error of the first that cannot be a key, or is not among <paramref name="owned"/>.</returns>
    public static string? TryRead(Session session, int firstKey, OwnedKeys? owned, Span<KeyId> ids)
    {
        for (var i = 0; i < ids.Length; i++)
        {
            var key = session.Argument(firstKey + i);
            if (!BlockKey.IsValidLength(key.Length))
                return CommandErrors.KeyLength(key.Length);
            ids[i] = KeyId.Of(key);
            if (owned is { } ours && !ours.Contains(ids[i]))
                return CommandErrors.NotOwner(ours.MapId);
        }

        return null;
    }
}
