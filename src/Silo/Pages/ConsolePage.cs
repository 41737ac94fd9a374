using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace KvOrleans.Silo.Pages;

/// <summary>The console's one page, and the policy that lets a browser run what is in it and nothing else.</summary>
internal static partial class ConsolePage
{
    private const string Resource = "KvOrleans.Silo.Pages.console.html";

    /// <summary>The page, in UTF-8.</summary>
    public static byte[] Content { get; } = Read();

    /// <summary>The value of <c>Content-Security-Policy</c>.</summary>
    public static string Policy { get; } =
        $"default-src 'none'; script-src {Hashes(Script())}; style-src {Hashes(Style())}; img-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static byte[] Read()
    {
        using var stream = typeof(ConsolePage).Assembly.GetManifestResourceStream(Resource) ?? throw new InvalidOperationException($"{Resource} is not in the assembly.");
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return content;
    }

    private static string Hashes(Regex element) => string.Join(' ', element.Matches(Encoding.UTF8.GetString(Content))
        .Select(match => $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(match.Groups[1].Value)))}'"));

    [GeneratedRegex("<script>(.*?)</script>", RegexOptions.Singleline)]
    private static partial Regex Script();

    [GeneratedRegex("<style>(.*?)</style>", RegexOptions.Singleline)]
    private static partial Regex Style();
}
