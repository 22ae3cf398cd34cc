using BackupMetricsJob.Backups;
using BackupMetricsJob.Pushgateway;

namespace BackupMetricsJob.Checking;

/// <summary>The result of a check. <see cref="Prometheus"/> is null if it was not checked.</summary>
/// <param name="Settings">Settings that are valid but probably not intended.</param>
internal sealed record CheckReport(
    IReadOnlyList<Finding> Settings,
    IReadOnlyList<TargetCheck> Targets,
    IReadOnlyList<GatewayCheck> Gateways,
    PrometheusCheck? Prometheus
)
{
    /// <summary>Null if no textfile is set.</summary>
    public TextfileCheck? Textfile { get; init; }

    public IReadOnlyList<HeartbeatCheck> Heartbeats { get; init; } = [];

    /// <summary>Whether anything apart from databases was checked.</summary>
    public bool HasServers => Gateways.Count > 0 || Textfile is not null || Heartbeats.Count > 0 || Prometheus is not null;
}

/// <summary>The probe of a target, and all findings about the target and its connection, the worst first.</summary>
internal sealed record TargetCheck(ProbeResult Result, IReadOnlyList<Finding> Findings);

/// <summary>The result of checking an HTTP server. It determines the exit code.</summary>
internal enum ServerStatus
{
    /// <summary>It answers, and pushes or scrapes will work.</summary>
    Ok,

    /// <summary>It answers, but its configuration is wrong.</summary>
    Misconfigured,

    /// <summary>It answers, but refuses our requests.</summary>
    Refused,

    /// <summary>It does not answer, or is not ready.</summary>
    Unreachable,

    /// <summary>The check was ended before it answered.</summary>
    Unknown,
}

/// <param name="Status">Whether a push would probably arrive.</param>
/// <param name="Facts">For people: its version, whether it checks pushes, when our group was last pushed.</param>
internal sealed record GatewayCheck(Gateway Gateway, ServerStatus Status, IReadOnlyList<string> Facts, IReadOnlyList<Finding> Findings)
{
    /// <summary>How long ago our group was pushed; null if it was not pushed, or if unknown.</summary>
    public TimeSpan? PushedAgo { get; init; }
}

/// <summary>The Prometheus that scrapes the gateways.</summary>
/// <param name="Address">Its URL.</param>
/// <param name="Status">Whether pushed series keep their own labels there.</param>
internal sealed record PrometheusCheck(string Address, ServerStatus Status, IReadOnlyList<string> Facts, IReadOnlyList<Finding> Findings);

/// <summary>The file for node_exporter.</summary>
/// <param name="Status">Misconfigured if it cannot be written.</param>
internal sealed record TextfileCheck(string Path, ServerStatus Status, IReadOnlyList<string> Facts, IReadOnlyList<Finding> Findings);

/// <summary>A server that the heartbeat calls. The rest of the URL is a secret and left out.</summary>
internal sealed record HeartbeatCheck(string Address, ServerStatus Status, IReadOnlyList<string> Facts, IReadOnlyList<Finding> Findings);
