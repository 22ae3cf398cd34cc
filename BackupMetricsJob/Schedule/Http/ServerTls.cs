using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using BackupMetricsJob.Configuration;
using BackupMetricsJob.Tls;

namespace BackupMetricsJob.Schedule.Http;

/// <summary>The server certificate and the client certificate policy, ready for handshakes.</summary>
internal sealed class ServerTls(TlsFiles files, SslStreamCertificateContext own, TrustedRoots? authorities)
{
    /// <summary>For a single handshake, because it collects state about the client.</summary>
    public SslServerAuthenticationOptions Options =>
        new()
        {
            ServerCertificateContext = own,
            EnabledSslProtocols = files.Protocols,
            ClientCertificateRequired = files.Clients != ClientCertificates.NoClientCert,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            CertificateChainPolicy = authorities?.Policy(),
            RemoteCertificateValidationCallback = (_, certificate, _, errors) => IsWelcome(certificate, errors),
            ApplicationProtocols = [SslApplicationProtocol.Http11],
            AllowRenegotiation = false,
        };

    /// <summary>Null if a file cannot be read or is invalid; then there is at least one more problem.</summary>
    public static ServerTls? TryRead(TlsFiles files, ICollection<Problem> problems)
    {
        var before = problems.Count;
        var authorities = files.ClientAuthorities is { } clients ? TrustedRoots.Read(File(clients)) : null;
        var own = File(files.Certificate).ReadWithKey(File(files.Key));
        return problems.Count == before ? new(files, own!, authorities) : null;

        PemFile File(Setting file) => new(file.Value, fault => problems.Add(file.CreateProblem($"\"{file.Value}\": {fault}")));
    }

    bool IsWelcome(X509Certificate? certificate, SslPolicyErrors errors) =>
        certificate is null
            ? files.Clients
                is ClientCertificates.NoClientCert
                    or ClientCertificates.RequestClientCert
                    or ClientCertificates.VerifyClientCertIfGiven
            : authorities is null || !errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors);
}
