using System.Security.Cryptography.X509Certificates;

namespace BackupMetricsJob.Tls;

/// <summary>The only certificates that may have signed the other side's.</summary>
/// <param name="File">Where they stand; null for the operating system's.</param>
internal sealed record TrustedRoots(X509Certificate2Collection Certificates, string? File)
{
    /// <summary>Null, which has been told, where there are none in it.</summary>
    public static TrustedRoots? Read(PemFile file) => file.ReadCertificates() is { } found ? new(found, file.Path) : null;

    /// <summary>The system's own alone: /etc/ssl on Linux, or where SSL_CERT_FILE and SSL_CERT_DIR say.</summary>
    public static TrustedRoots FromSystem()
    {
        using var store = new X509Store(StoreName.Root, StoreLocation.LocalMachine, OpenFlags.ReadOnly);
        return new([.. store.Certificates], null);
    }

    /// <summary>For one handshake. Nothing is fetched from where a certificate says, and no revocation is looked up, as in libpq.</summary>
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
