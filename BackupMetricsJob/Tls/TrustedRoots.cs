using System.Security.Cryptography.X509Certificates;

namespace BackupMetricsJob.Tls;

/// <summary>The certificates that the other side's certificate is checked against.</summary>
/// <param name="File">The file that they come from; null for those of the operating system.</param>
internal sealed record TrustedRoots(X509Certificate2Collection Certificates, string? File)
{
    /// <summary>Null, which has been reported, if the file contains none.</summary>
    public static TrustedRoots? Read(PemFile file) => file.ReadCertificates() is { } found ? new(found, file.Path) : null;

    /// <summary>Those of the system: /etc/ssl on Linux, unless SSL_CERT_FILE or SSL_CERT_DIR is set.</summary>
    public static TrustedRoots FromSystem()
    {
        using var store = new X509Store(StoreName.Root, StoreLocation.LocalMachine, OpenFlags.ReadOnly);
        return new([.. store.Certificates], null);
    }

    /// <summary>The policy of one handshake. As in libpq, no certificate is downloaded and no revocation is checked.</summary>
    public X509ChainPolicy Policy()
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        policy.CustomTrustStore.AddRange(Certificates);
        policy.ExtraStore.AddRange(Certificates);
        return policy;
    }
}
