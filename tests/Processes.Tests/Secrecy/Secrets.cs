using System.Text;

namespace KvOrleans.Processes.Tests.Secrecy;

/// <summary>What must stay between clients and the cache, and the search for it.</summary>
internal static class Secrets
{
    /// <summary>Part of every key.</summary>
    public const string Key = "zebrakey";

    /// <summary>Part of every content, and of whatever else stands where none belongs.</summary>
    public const string Value = "zebravalue";

    /// <summary>The password; a wrong one has it in it.</summary>
    public const string Password = "zebrapassword";

    /// <summary>What only the client knows of: a prompt's token, salt and adapter.</summary>
    public const string Prompt = "zebraprompt";

    /// <summary>A token of a prompt.</summary>
    public const int Token = 1_618_033_988;

    /// <summary>The first lines of a text that have a secret in them, as text or in hex digits.</summary>
    /// <param name="text">Where to look.</param>
    /// <param name="others">Secrets beside those that are always meant.</param>
    public static string[] In(string text, params string[] others)
    {
        string[] words = [Key, Value, Password, Prompt, $"{Token}", .. others];
        string[] forms = [.. words, .. words.Select(word => Convert.ToHexStringLower(Encoding.UTF8.GetBytes(word)))];
        return [.. text.Split('\n').Where(line => forms.Any(form => line.Contains(form, StringComparison.OrdinalIgnoreCase))).Take(3)];
    }
}
