namespace BackupMetricsJob.Backups;

/// <summary>Why a target could not be probed: the label <c>reason</c> of postgres_backup_probe_failure.</summary>
internal enum FailureReason
{
    Dns,
    Refused,
    Network,
    Timeout,
    Tls,
    Auth,
    Database,
    Busy,
    Privilege,
    Sql,
    BadData,
    Cancelled,
}

/// <summary>Why a target did not answer, or not completely: one line for a person, without secrets.</summary>
internal sealed record ProbeFailure
{
    const int Longest = 2000;

    public ProbeFailure(FailureReason reason, string message) => (Reason, Message) = (reason, message);

    public FailureReason Reason { get; init; }

    /// <summary>One clean line, so that a server's message cannot forge a line of our output or control a terminal.</summary>
    public string Message
    {
        get;
        init => field = PlainText.OnOneLine(value, Longest);
    }

    /// <summary>What to do, if more is known than the reason tells. Also cleaned.</summary>
    public string? Advice
    {
        get;
        init => field = value is null ? null : PlainText.OnOneLine(value, Longest);
    }
}

/// <summary>The spelling of a <see cref="FailureReason"/>.</summary>
internal static class FailureReasons
{
    public static string Name(this FailureReason reason) =>
        reason switch
        {
            FailureReason.Dns => "dns",
            FailureReason.Refused => "refused",
            FailureReason.Network => "network",
            FailureReason.Timeout => "timeout",
            FailureReason.Tls => "tls",
            FailureReason.Auth => "auth",
            FailureReason.Database => "database",
            FailureReason.Busy => "busy",
            FailureReason.Privilege => "privilege",
            FailureReason.Sql => "sql",
            FailureReason.BadData => "bad_data",
            FailureReason.Cancelled => "cancelled",
            _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, null),
        };
}
