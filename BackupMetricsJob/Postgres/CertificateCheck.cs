using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using BackupMetricsJob.Backups;
using BackupMetricsJob.Tls;

namespace BackupMetricsJob.Postgres;

/// <summary>
/// Decides in the two verify modes whether a server's certificate is to be trusted, and remembers in words why it is not; Npgsql would only
/// say that the certificate was rejected.
/// </summary>
internal sealed class CertificateCheck(TrustedRoots roots, bool checksName)
{
    /// <summary>Why the last certificate was refused; null where none was.</summary>
    public ProbeFailure? Refusal { get; private set; }

    /// <summary>Null if the certificates to trust could be read.</summary>
    public static ProbeFailure? TryRead(TlsSettings tls, out CertificateCheck? check)
    {
        string? fault = null;
        var roots = tls.RootCertificate is { } file
            ? TrustedRoots.Read(new(file, why => fault = $"the root certificate {file} {why}"))
            : TrustedRoots.FromSystem();
        if (roots is { Certificates.Count: 0 })
            fault = "the system trusts no certificate authority";
        check = roots is null ? null : new(roots, tls.Mode == TlsMode.VerifyFull);
        return fault is null ? null : new(FailureReason.Tls, fault);
    }

    /// <summary>Makes a handshake ask this. The name to check is the options' TargetHost.</summary>
    public void Apply(SslClientAuthenticationOptions options)
    {
        options.CertificateChainPolicy = roots.Policy();
        options.RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
            IsTrusted(certificate, chain, errors, options.TargetHost);
    }

    bool IsTrusted(X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors, string? host)
    {
        if (!checksName)
            errors &= ~SslPolicyErrors.RemoteCertificateNameMismatch;
        if (errors == SslPolicyErrors.None)
            return true;
        Refusal = new(
            FailureReason.Tls,
            "the server is not trusted: " + CertificateFault.Describe(certificate, chain, errors, host, roots.File)
        );
        return false;
    }
}
