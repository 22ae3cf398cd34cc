using System.Net.Http;
using System.Text.RegularExpressions;

namespace BackupMetricsJob.Http;

/// <summary>Describes a server that is not the expected one, from its response.</summary>
internal static partial class UnexpectedServer
{
    const int MaxQuoted = 80;

    /// <summary>The end of a sentence: the title of the page, or else the beginning of the text, and the server's name.</summary>
    /// <param name="said">The body, without secrets.</param>
    public static string Describe(HttpResponseMessage response, string said)
    {
        var isPage = IsPage(response);
        var title = isPage ? Title().Match(said).Groups[1].Value.Trim() : "";
        var words =
            !isPage ? $"it responded \"{PlainText.OnOneLine(said.Trim(), MaxQuoted)}\""
            : title.Length > 0 ? $"it responded with a web page, \"{PlainText.OnOneLine(title, MaxQuoted)}\""
            : "it responded with a web page";
        return response.Headers.TryGetValues("Server", out var names)
            ? $"{words} (server: {PlainText.OnOneLine(string.Join(' ', names), MaxQuoted)})"
            : words;
    }

    public static bool IsPage(HttpResponseMessage response) => response.Content.Headers.ContentType?.MediaType == "text/html";

    [GeneratedRegex("<title>([^<]{1,200})</title>", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Title();
}
