using BackupMetricsJob.Http;

namespace BackupMetricsJob.Pushgateway;

/// <summary>A Pushgateway: its address, credentials, TLS settings and attempt timeout. Prints as its address.</summary>
internal sealed record Gateway(GatewayAddress Address)
{
    /// <summary>Null for none.</summary>
    public ClientCredentials? Credentials { get; init; }

    /// <summary>Null for the operating system's authorities and no client certificate.</summary>
    public ClientTls? Tls { get; init; }

    /// <summary>The timeout of the first attempt; attempt n may take n times as long.</summary>
    public required TimeSpan AttemptTimeout { get; init; }

    public override string ToString() => Address.ToString();
}
