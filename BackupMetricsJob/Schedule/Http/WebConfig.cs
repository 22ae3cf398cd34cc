using System.Security.Authentication;
using BackupMetricsJob.Configuration;

namespace BackupMetricsJob.Schedule.Http;

/// <summary>
/// Which certificate a client must show, by the names that Go's crypto/tls and so the exporters of Prometheus have for it.
/// </summary>
internal enum ClientCertificates
{
    NoClientCert,
    RequestClientCert,
    RequireAnyClientCert,
    VerifyClientCertIfGiven,
    RequireAndVerifyClientCert,
}

/// <summary>tls_server_config: files that are named, and not read yet.</summary>
internal sealed record TlsFiles(
    Setting Certificate,
    Setting Key,
    Setting? ClientAuthorities,
    ClientCertificates Clients,
    SslProtocols Protocols
);

/// <summary>What a web configuration file says, each value right by itself.</summary>
/// <param name="Tls">Null for plain HTTP.</param>
/// <param name="Users">A bcrypt hash by user; empty where everybody may ask.</param>
internal sealed record WebConfig(TlsFiles? Tls, IReadOnlyDictionary<string, string> Users)
{
    public static WebConfig Open { get; } = new(null, new Dictionary<string, string>());
}
