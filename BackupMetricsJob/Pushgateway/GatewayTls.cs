using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using BackupMetricsJob.Files;

namespace BackupMetricsJob.Pushgateway;

/// <summary>Whom we trust and who we are in TLS with a gateway, read from files: what is in one was readable when it was made.</summary>
internal sealed class GatewayTls
{
    GatewayTls(X509Certificate2Collection? roots, X509Certificate2? own, X509Certificate2Collection? between, bool trustsAnybody)
    {
        Roots = roots;
        Own = own;
        Between = between;
        TrustsAnybody = trustsAnybody;
    }

    /// <summary>The only certificates that may have signed the gateway's; null for the operating system's.</summary>
    public X509Certificate2Collection? Roots { get; }

    /// <summary>What we show when asked for a certificate; null for none.</summary>
    public X509Certificate2? Own { get; }

    /// <summary>The certificates between our own and the authority, which the gateway may not have; null for none.</summary>
    public X509Certificate2Collection? Between { get; }

    /// <summary>Whether the gateway's certificate is looked at at all.</summary>
    public bool TrustsAnybody { get; }

    /// <summary>Null, and at least one more problem, where a file cannot be read or is not what it should be.</summary>
    /// <param name="authorities">A PEM file with one or more certificates, or null.</param>
    /// <param name="certificate">Our own, in PEM, the ones between it and the authority after it; null for none.</param>
    /// <param name="key">Its key in PEM; null where it stands in the same file.</param>
    /// <param name="trustAnybody">Whether the gateway's certificate is not to be checked.</param>
    /// <param name="problems">Each names its file.</param>
    public static GatewayTls? TryRead(string? authorities, string? certificate, string? key, bool trustAnybody, ICollection<string> problems)
    {
        var before = problems.Count;
        var roots = Read(authorities, problems, All);
        if (certificate is null && key is not null) problems.Add($"key file \"{key}\": a key needs its certificate, too");
        X509Certificate2Collection? between = null;
        var own = Read(certificate, problems, text =>
        {
            between = All(text);
            return Read(key ?? certificate, problems, keyText => X509Certificate2.CreateFromPem(text, keyText));
        });
        if (own is not null) between = [.. between!.Where(other => !other.RawDataMemory.Span.SequenceEqual(own.RawDataMemory.Span))];
        return problems.Count == before ? new(roots, own, between, trustAnybody) : null;
    }

    static X509Certificate2Collection All(string pem)
    {
        var found = new X509Certificate2Collection();
        found.ImportFromPem(pem);
        return found.Count > 0 ? found : throw new CryptographicException("no certificate is in it");
    }

    /// <summary>Null where there is no file, or a problem with it.</summary>
    static T? Read<T>(string? file, ICollection<string> problems, Func<string, T?> parse)
        where T : class
    {
        if (file is null) return null;
        var content = BoundedFile.Read(file);
        if (content.Fault is { } fault)
        {
            problems.Add($"certificate or key file \"{file}\": {fault}");
            return null;
        }

        try
        {
            return parse(content.Text);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            problems.Add($"certificate or key file \"{file}\": {Words.OnOneLine(e.Message)}");
            return null;
        }
    }
}
