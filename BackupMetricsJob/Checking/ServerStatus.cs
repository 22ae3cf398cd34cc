using BackupMetricsJob.Backups;
using BackupMetricsJob.Pushgateway;

namespace BackupMetricsJob.Checking;

/// <summary>What a check found: of the settings, of each target, of each gateway, and of Prometheus where that was asked.</summary>
/// <param name="Settings">What is allowed and yet hardly meant.</param>
internal sealed record CheckReport(
    IReadOnlyList<Finding> Settings,
    IReadOnlyList<TargetCheck> Targets,
    IReadOnlyList<GatewayCheck> Gateways,
    PrometheusCheck? Prometheus
);

/// <summary>A target as it answered, and everything that is wrong with it or with the way to it, the worst first.</summary>
internal sealed record TargetCheck(ProbeResult Result, IReadOnlyList<Finding> Findings);

/// <summary>How a server that we talk HTTP with took it; the exit code follows from it.</summary>
internal enum ServerStatus
{
    /// <summary>It answers, and nothing keeps a push, or a scrape, from being what it should be.</summary>
    Ok,

    /// <summary>It answers, and is not set up as it must be.</summary>
    Misconfigured,

    /// <summary>It answers, and will not have us.</summary>
    Refused,

    /// <summary>It does not answer, or not now.</summary>
    Unreachable,

    /// <summary>The check was ended before it answered.</summary>
    Unknown,
}

/// <summary>A gateway.</summary>
/// <param name="Gateway">Its address.</param>
/// <param name="Status">Whether a push could be expected to arrive.</param>
/// <param name="Facts">What is known of it, in words: its version, whether it checks pushes, when our group was pushed last.</param>
internal sealed record GatewayCheck(Gateway Gateway, ServerStatus Status, IReadOnlyList<string> Facts, IReadOnlyList<Finding> Findings);

/// <summary>The Prometheus that scrapes the gateways.</summary>
/// <param name="Address">Its URL.</param>
/// <param name="Status">Whether what is pushed arrives there under its own labels.</param>
internal sealed record PrometheusCheck(string Address, ServerStatus Status, IReadOnlyList<string> Facts, IReadOnlyList<Finding> Findings);
