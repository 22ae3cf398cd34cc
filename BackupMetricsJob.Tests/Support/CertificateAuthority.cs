using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace BackupMetricsJob.Tests.Support;

/// <summary>
/// An authority of a test's own, which signs certificates for servers, clients and authorities below it, each as PEM files in its folder.
/// </summary>
internal sealed class CertificateAuthority : IDisposable
{
    readonly string _folder;
    readonly ECDsa _key;
    readonly X509Certificate2 _certificate;

    CertificateAuthority(string folder, ECDsa key, X509Certificate2 certificate, string file)
    {
        _folder = folder;
        _key = key;
        _certificate = certificate;
        File = file;
    }

    /// <summary>Its own certificate, for whoever trusts it.</summary>
    public string File { get; }

    public static CertificateAuthority Create(string folder, string name)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var certificate = Request(name, key, isAuthority: true)
            .CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-9), DateTimeOffset.UtcNow.AddDays(9));
        return new(folder, key, certificate, Write(folder, name + ".crt", certificate.ExportCertificatePem()));
    }

    public CertificateAuthority Below(string name)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var signed = Sign(Request(name, key, isAuthority: true), DateTimeOffset.UtcNow.AddDays(8));
        return new(_folder, key, signed.CopyWithPrivateKey(key), Write(_folder, name + ".crt", signed.ExportCertificatePem()));
    }

    /// <summary>A certificate, followed by those of the authorities given, and its key.</summary>
    public (string CertificateFile, string KeyFile) Issue(
        string name,
        string? host = null,
        DateTimeOffset? until = null,
        params CertificateAuthority[] chain
    )
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = Request(name, key, isAuthority: false);
        var names = new SubjectAlternativeNameBuilder();
        if (IPAddress.TryParse(host ?? "127.0.0.1", out var address))
            names.AddIpAddress(address);
        else
            names.AddDnsName(host!);
        request.CertificateExtensions.Add(names.Build());
        using var signed = Sign(request, until ?? DateTimeOffset.UtcNow.AddDays(1));
        var text = string.Join(
            '\n',
            [signed.ExportCertificatePem(), .. chain.Select(authority => authority._certificate.ExportCertificatePem())]
        );
        return (Write(_folder, name + ".crt", text), Write(_folder, name + ".key", key.ExportPkcs8PrivateKeyPem()));
    }

    public void Dispose()
    {
        _key.Dispose();
        _certificate.Dispose();
    }

    static CertificateRequest Request(string name, ECDsa key, bool isAuthority)
    {
        var request = new CertificateRequest("CN=" + name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(isAuthority, false, 0, critical: true));
        return request;
    }

    static string Write(string folder, string name, string text)
    {
        var path = Path.Combine(folder, name);
        System.IO.File.WriteAllText(path, text + "\n");
        return path;
    }

    X509Certificate2 Sign(CertificateRequest request, DateTimeOffset until) =>
        request.Create(_certificate, DateTimeOffset.UtcNow.AddDays(-8), until, RandomNumberGenerator.GetBytes(12));
}
