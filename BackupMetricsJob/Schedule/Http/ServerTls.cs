using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using BackupMetricsJob.Configuration;
using BackupMetricsJob.Files;

namespace BackupMetricsJob.Schedule.Http;

/// <summary>Our certificate, and what we ask of a client's, ready for a handshake.</summary>
internal sealed class ServerTls
{
    const int MostBytes = 1 << 20;
    const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    readonly ClientCertificates _clients;
    readonly X509Certificate2Collection? _authorities;

    ServerTls(SslStreamCertificateContext own, X509Certificate2Collection? authorities, TlsFiles files)
    {
        _authorities = authorities;
        _clients = files.Clients;
        Options = new()
        {
            ServerCertificateContext = own,
            EnabledSslProtocols = files.Protocols,
            ClientCertificateRequired = files.Clients != ClientCertificates.NoClientCert,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            RemoteCertificateValidationCallback = (_, certificate, given, _) => IsWelcome(certificate, given),
            ApplicationProtocols = [SslApplicationProtocol.Http11],
            AllowRenegotiation = false,
        };
    }

    public SslServerAuthenticationOptions Options { get; }

    /// <summary>Null, and at least one more problem, where a file cannot be read or is not what it should be.</summary>
    public static ServerTls? TryRead(TlsFiles files, ICollection<Problem> problems)
    {
        var before = problems.Count;
        var (certificate, key) = (Text(files.Certificate, problems), Text(files.Key, problems));
        var authorities = files.ClientAuthorities is { } clients && Text(clients, problems) is { } text ? Try(clients, problems, () => All(text)) : null;
        if (certificate is null || key is null) return null;
        var all = Try(files.Certificate, problems, () => All(certificate));
        var own = all is null ? null : Try(files.Key, problems, () => WithKey(certificate, key));
        if (problems.Count != before || own is null) return null;
        all!.RemoveAt(0);
        return new(SslStreamCertificateContext.Create(own, all, offline: true), authorities, files);
    }

    bool IsWelcome(X509Certificate? certificate, X509Chain? given)
    {
        if (certificate is null) return _clients is ClientCertificates.NoClientCert or ClientCertificates.RequestClientCert or ClientCertificates.VerifyClientCertIfGiven;
        if (_authorities is null) return true;
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(ClientAuthentication));
        chain.ChainPolicy.CustomTrustStore.AddRange(_authorities);
        foreach (var element in given?.ChainElements ?? Enumerable.Empty<X509ChainElement>()) chain.ChainPolicy.ExtraStore.Add(element.Certificate);
        using var client = new X509Certificate2(certificate);
        return chain.Build(client);
    }

    static string? Text(Setting file, ICollection<Problem> problems)
    {
        var content = BoundedFile.Read(file.Value, MostBytes);
        if (content.Fault is null) return content.Text;
        problems.Add(file.Says($"\"{file.Value}\": {content.Fault}"));
        return null;
    }

    /// <summary>Every certificate of a PEM file, ours the first.</summary>
    static X509Certificate2Collection All(string pem)
    {
        var found = new X509Certificate2Collection();
        found.ImportFromPem(pem);
        return found.Count > 0 ? found : throw new CryptographicException("no certificate is in it");
    }

    static X509Certificate2 WithKey(string certificate, string key)
    {
        if (key.Contains("ENCRYPTED", StringComparison.Ordinal)) throw new CryptographicException("the key is encrypted: must be without a password");
        return X509Certificate2.CreateFromPem(certificate, key);
    }

    static T? Try<T>(Setting file, ICollection<Problem> problems, Func<T> read)
        where T : class
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException or NotSupportedException or AuthenticationException)
        {
            problems.Add(file.Says($"\"{file.Value}\": {Words.OnOneLine(e.Message)}"));
            return null;
        }
    }
}
