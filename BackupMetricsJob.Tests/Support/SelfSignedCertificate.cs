using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace BackupMetricsJob.Tests.Support;

/// <summary>
/// A certificate that vouches for itself, for localhost and 127.0.0.1 unless told otherwise, as two PEM files. Its own file serves as
/// the root certificate of a client.
/// </summary>
internal sealed record SelfSignedCertificate(string CertificateFile, string KeyFile)
{
    public static SelfSignedCertificate Create(
        string folder,
        string name = "server",
        string host = "localhost",
        DateTimeOffset? notAfter = null
    )
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(host);
        if (host == "localhost")
            names.AddIpAddress(IPAddress.Loopback);

        var request = new CertificateRequest("CN=" + host, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));

        var until = notAfter ?? DateTimeOffset.UtcNow.AddDays(1);
        using var certificate = request.CreateSelfSigned(until.AddDays(-2), until);

        var made = new SelfSignedCertificate(Path.Combine(folder, name + ".crt"), Path.Combine(folder, name + ".key"));
        File.WriteAllText(made.CertificateFile, certificate.ExportCertificatePem() + "\n");
        File.WriteAllText(made.KeyFile, key.ExportPkcs8PrivateKeyPem() + "\n");
        File.SetUnixFileMode(made.KeyFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return made;
    }
}
