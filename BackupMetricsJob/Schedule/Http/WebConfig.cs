using System.Security.Authentication;
using BackupMetricsJob.Configuration;

namespace BackupMetricsJob.Schedule.Http;

/// <summary>The client certificate policy, with the names of Go's crypto/tls, which Prometheus' exporters use, too.</summary>
internal enum ClientCertificates
{
    NoClientCert,
    RequestClientCert,
    RequireAnyClientCert,
    VerifyClientCertIfGiven,
    RequireAndVerifyClientCert,
}

/// <summary>tls_server_config, with files that are not read yet.</summary>
internal sealed record TlsFiles(
    Setting Certificate,
    Setting Key,
    Setting? ClientAuthorities,
    ClientCertificates Clients,
    SslProtocols Protocols
);

/// <summary>A parsed web configuration file, each value valid by itself.</summary>
/// <param name="Tls">Null for plain HTTP.</param>
/// <param name="Users">bcrypt hashes by user; empty if no authentication is required.</param>
internal sealed record WebConfig(TlsFiles? Tls, IReadOnlyDictionary<string, string> Users)
{
    public static WebConfig Open { get; } = new(null, new Dictionary<string, string>());
}
