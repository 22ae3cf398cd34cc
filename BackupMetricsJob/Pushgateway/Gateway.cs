using BackupMetricsJob.Http;

namespace BackupMetricsJob.Pushgateway;

/// <summary>
/// A gateway to push to: where it is, how we show who we are, whom we trust, and how long an attempt may take. It prints as its address.
/// </summary>
internal sealed record Gateway(GatewayAddress Address)
{
    /// <summary>Null where the gateway asks for none.</summary>
    public ClientCredentials? Credentials { get; init; }

    /// <summary>Null for what the operating system trusts, and no certificate of our own.</summary>
    public ClientTls? Tls { get; init; }

    /// <summary>Of the first attempt; a later one may take that many times longer.</summary>
    public TimeSpan AttemptTimeout { get; init; } = PushBudget.DefaultAttemptTimeout;

    public override string ToString() => Address.ToString();
}
