using System.Text;

namespace KvOrleans.Silo.DataPlane.Commands.Connections;

/// <summary>Names that clients give their connections.</summary>
internal static class ClientNames
{
    public const string Invalid = "ERR Client names cannot contain spaces, newlines or special characters.";

    private const int Longest = 256;

    public static bool TryRead(ReadOnlySpan<byte> text, out string name)
    {
        var valid = text.Length <= Longest && !text.ContainsAnyExceptInRange((byte)'!', (byte)'~');
        name = valid ? Encoding.ASCII.GetString(text) : "";
        return valid;
    }
}
