using System.Security.Cryptography;
using System.Text;
using KvOrleans.Silo.DataPlane.Sessions;

namespace KvOrleans.Silo.DataPlane.Commands.Connections;

/// <summary>Compares what a client presents with the one configured password, in time that does not depend on where they differ.</summary>
internal static class Credentials
{
    public const string Wrong = "WRONGPASS invalid username-password pair or user is disabled.";

    public static bool AreRight(Session session, ReadOnlySpan<byte> user, ReadOnlySpan<byte> password)
    {
        Span<byte> presented = stackalloc byte[SHA256.HashSizeInBytes];
        Span<byte> configured = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(password, presented);
        SHA256.HashData(Encoding.UTF8.GetBytes(session.Services.Options.DataPlane.Password), configured);
        return user.SequenceEqual("default"u8)
            && (session.Services.Options.DataPlane.Password.Length == 0 || CryptographicOperations.FixedTimeEquals(presented, configured));
    }
}
