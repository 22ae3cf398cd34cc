using System.Net.Security;
using BackupMetricsJob.Tls;

namespace BackupMetricsJob.Http;

/// <summary>Whom we trust and who we are in TLS with a gateway, read from files: what is in one was readable when it was made.</summary>
/// <param name="Roots">Null for the operating system's.</param>
/// <param name="ClientCertificate">What we show when asked for a certificate; null for none.</param>
/// <param name="SkipsVerification">Whether the gateway's certificate is not looked at at all.</param>
internal sealed record ClientTls(TrustedRoots? Roots, SslStreamCertificateContext? ClientCertificate, bool SkipsVerification)
{
    /// <summary>Null, and at least one more problem, where a file cannot be read or is not what it should be.</summary>
    /// <param name="authorities">A PEM file with one or more certificates, or null.</param>
    /// <param name="certificate">Our own, in PEM, the ones between it and the authority after it; null for none.</param>
    /// <param name="key">Its key in PEM; null where it stands in the same file.</param>
    /// <param name="trustAnybody">Whether the gateway's certificate is not to be checked.</param>
    /// <param name="problems">Each names its file.</param>
    public static ClientTls? TryRead(string? authorities, string? certificate, string? key, bool trustAnybody, ICollection<string> problems)
    {
        var before = problems.Count;
        var roots = authorities is null ? null : TrustedRoots.Read(File(authorities));
        if (certificate is null && key is not null)
            problems.Add($"key file \"{key}\": a key needs its certificate, too");
        var own = certificate is null ? null : File(certificate);
        var shown = own?.WithKey(key is null ? own : File(key));
        return problems.Count == before ? new(roots, shown, trustAnybody) : null;

        PemFile File(string path) => new(path, fault => problems.Add($"certificate or key file \"{path}\": {fault}"));
    }
}
