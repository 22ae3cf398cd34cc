using System.Net.Security;
using BackupMetricsJob.Tls;

namespace BackupMetricsJob.Http;

/// <summary>TLS settings for a gateway, read from files. Every file was valid when it was read.</summary>
/// <param name="Roots">Null for the operating system's certificate authorities.</param>
/// <param name="ClientCertificate">The certificate to present on request; null for none.</param>
/// <param name="SkipsVerification">Whether to accept any certificate of the gateway.</param>
internal sealed record ClientTls(TrustedRoots? Roots, SslStreamCertificateContext? ClientCertificate, bool SkipsVerification)
{
    /// <summary>Null if a file cannot be read or is invalid; then there is at least one more problem.</summary>
    /// <param name="authorities">A PEM file with one or more certificate authorities, or null.</param>
    /// <param name="certificate">The client certificate in PEM, followed by any intermediate certificates; null for none.</param>
    /// <param name="key">Its private key in PEM; null if the certificate's file contains it.</param>
    /// <param name="trustAnybody">Whether to accept any certificate of the gateway.</param>
    /// <param name="problems">Each problem names its file.</param>
    public static ClientTls? TryRead(string? authorities, string? certificate, string? key, bool trustAnybody, ICollection<string> problems)
    {
        var before = problems.Count;
        var roots = authorities is null ? null : TrustedRoots.Read(File(authorities));
        if (certificate is null && key is not null)
            problems.Add($"key file \"{key}\": a key also needs its certificate");
        var own = certificate is null ? null : File(certificate);
        var shown = own?.ReadWithKey(key is null ? own : File(key));
        return problems.Count == before ? new(roots, shown, trustAnybody) : null;

        PemFile File(string path) => new(path, fault => problems.Add($"certificate or key file \"{path}\": {fault}"));
    }
}
