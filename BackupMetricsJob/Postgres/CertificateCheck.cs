using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using BackupMetricsJob.Backups;
using BackupMetricsJob.Tls;

namespace BackupMetricsJob.Postgres;

/// <summary>
/// Verifies a server's certificate in the two verify modes and keeps the reason for a refusal. Npgsql itself verifies without telling why
/// it refused: https://github.com/npgsql/npgsql/pull/5483 added the callback that is used here.
/// </summary>
internal sealed class CertificateCheck(TrustedRoots roots, bool checksName)
{
    /// <summary>Why the last certificate was refused; null if none was.</summary>
    public ProbeFailure? Refusal { get; private set; }

    /// <summary>Null on success: the trusted certificates could be read.</summary>
    public static ProbeFailure? TryRead(TlsSettings tls, out CertificateCheck? check)
    {
        string? fault = null;
        var roots = tls.RootCertificate is { } file
            ? TrustedRoots.Read(new(file, why => fault = $"the root certificate {file} {why}"))
            : TrustedRoots.FromSystem();
        if (roots is { Certificates.Count: 0 })
            fault = "the system has no trusted certificate authorities";
        check = roots is null ? null : new(roots, tls.Mode == TlsMode.VerifyFull);
        return fault is null ? null : new(FailureReason.Tls, fault);
    }

    /// <summary>Installs this check in a handshake. The name to check is the options' TargetHost.</summary>
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
