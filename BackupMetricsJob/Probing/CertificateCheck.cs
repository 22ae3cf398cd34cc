using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using BackupMetricsJob.Backups;
using BackupMetricsJob.Files;
using BackupMetricsJob.Targets;

namespace BackupMetricsJob.Probing;

/// <summary>
/// Decides in the two verify modes whether a server's certificate is to be trusted, and remembers in words why it is not; Npgsql would only say
/// that the certificate was rejected. Nothing is fetched from where a certificate says, and no revocation is looked up, as in libpq.
/// </summary>
internal sealed class CertificateCheck
{
    const int LongestName = 200;

    readonly X509Certificate2Collection _roots;
    readonly string _rootsAre;
    readonly bool _checksName;

    CertificateCheck(X509Certificate2Collection roots, string rootsAre, bool checksName) =>
        (_roots, _rootsAre, _checksName) = (roots, rootsAre, checksName);

    /// <summary>Why the last certificate was refused; null where none was.</summary>
    public ProbeFailure? Refusal { get; private set; }

    /// <summary>Null if the certificates to trust could be read.</summary>
    public static ProbeFailure? TryRead(TlsSettings tls, out CertificateCheck? check)
    {
        check = null;
        var file = tls.RootCertificate;
        var roots = new X509Certificate2Collection();
        var pem = file is null ? null : BoundedFile.Read(file);
        if (pem is { IsMissing: true }) return new(FailureReason.Tls, $"the root certificate {file} does not exist");
        if (pem is { Fault: { } fault }) return new(FailureReason.Tls, $"the root certificate {file} {fault}");
        try
        {
            if (pem is not null) roots.ImportFromPem(pem.Text);
            else AddSystemRoots(roots);
        }
        catch (CryptographicException e)
        {
            return new(FailureReason.Tls, $"the root certificate {file} cannot be read: {e.Message}");
        }

        if (roots.Count == 0) return new(FailureReason.Tls, file is null ? "the system trusts no certificate authority" : $"the root certificate {file} has no certificate in PEM in it");
        check = new(roots, file ?? "the system's certificates", tls.Mode == TlsMode.VerifyFull);
        return null;
    }

    /// <summary>Makes a handshake ask this. The name to check is the options' TargetHost.</summary>
    public void Apply(SslClientAuthenticationOptions options)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        policy.CustomTrustStore.AddRange(_roots);
        policy.ExtraStore.AddRange(_roots);
        options.CertificateChainPolicy = policy;
        options.RemoteCertificateValidationCallback = (_, certificate, chain, errors) => IsTrusted(certificate, chain, errors, options.TargetHost);
    }

    bool IsTrusted(X509Certificate? shown, X509Chain? chain, SslPolicyErrors errors, string? host)
    {
        if (!_checksName) errors &= ~SslPolicyErrors.RemoteCertificateNameMismatch;
        if (errors == SslPolicyErrors.None) return true;

        var certificate = shown as X509Certificate2;
        var words = certificate is null || chain is null ? "shows no certificate"
            : (errors & SslPolicyErrors.RemoteCertificateChainErrors) != 0 ? OfChain(certificate, chain)
            : $"has a certificate for {NamesOf(certificate)}, not for {host}";
        Refusal = new(FailureReason.Tls, $"the server {words}");
        return false;
    }

    string OfChain(X509Certificate2 certificate, X509Chain chain)
    {
        var all = chain.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (all, status) => all | status.Status);
        if ((all & X509ChainStatusFlags.NotTimeValid) != 0) return OfTime(certificate, chain);
        if ((all & (X509ChainStatusFlags.PartialChain | X509ChainStatusFlags.UntrustedRoot)) == 0)
            return $"has a certificate that is not to be trusted: {Words.OnOneLine(chain.ChainStatus is [var first, ..] ? first.StatusInformation : "no reason is given")}";
        return certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData)
            ? $"has a self-signed certificate, which is not in {_rootsAre}"
            : $"has a certificate that was issued by {Words.OnOneLine(certificate.Issuer, LongestName)}, which is not in {_rootsAre}";
    }

    static string OfTime(X509Certificate2 certificate, X509Chain chain)
    {
        var whose = "has a certificate";
        if (chain.ChainElements.FirstOrDefault(element => element.ChainElementStatus.Any(status => status.Status == X509ChainStatusFlags.NotTimeValid)) is { Certificate: var atFault })
        {
            if (!atFault.RawDataMemory.Span.SequenceEqual(certificate.RawDataMemory.Span)) whose = $"has a certificate whose issuer's, {Words.OnOneLine(atFault.Subject, LongestName)},";
            certificate = atFault;
        }

        var (from, until) = (new DateTimeOffset(certificate.NotBefore), new DateTimeOffset(certificate.NotAfter));
        return from > DateTimeOffset.UtcNow ? $"{whose} that is valid only from {InWords.Of(from)}" : $"{whose} that expired at {InWords.Of(until)}";
    }

    static string NamesOf(X509Certificate2 certificate)
    {
        var names = string.Join(", ", certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>()
            .SelectMany(names => names.EnumerateDnsNames().Concat(names.EnumerateIPAddresses().Select(address => address.ToString()))));
        return Words.OnOneLine(names.Length > 0 ? names : certificate.Subject, LongestName);
    }

    /// <summary>The system's own roots alone: /etc/ssl on Linux, or where SSL_CERT_FILE and SSL_CERT_DIR say.</summary>
    static void AddSystemRoots(X509Certificate2Collection roots)
    {
        using var store = new X509Store(StoreName.Root, StoreLocation.LocalMachine, OpenFlags.ReadOnly);
        roots.AddRange(store.Certificates);
    }
}
