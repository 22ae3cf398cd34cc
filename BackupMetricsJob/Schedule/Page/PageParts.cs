using System.Security.Cryptography;
using System.Text;

namespace BackupMetricsJob.Schedule.Page;

/// <summary>The page's style, script and Content-Security-Policy, which forbids everything else.</summary>
internal static class PageParts
{
    public static Html Style { get; } = new(Read("page.css"));

    public static Html Script { get; } = new(Read("page.js"));

    public static string ContentSecurityPolicy { get; } =
        $"default-src 'none'; style-src '{Hash(Style)}'; script-src '{Hash(Script)}'; connect-src 'self'; img-src data:; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    static string Read(string name)
    {
        using var stream =
            typeof(PageParts).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"{name} is not embedded in the assembly.");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }

    static string Hash(Html part) => "sha256-" + Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(part.Markup)));
}
