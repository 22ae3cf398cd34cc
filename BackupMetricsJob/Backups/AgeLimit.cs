namespace BackupMetricsJob.Backups;

/// <summary>What a limit is about: <see cref="Base"/> is any physical backup, the newest counts.</summary>
internal enum LimitType
{
    Base,
    Full,
    Wal,
    Logical,
    RestoreTest,

    /// <summary>How long a restore may take: the measured time of the last drill counts, not an age.</summary>
    Rto,
}

/// <summary>How urgent it is when a limit is exceeded.</summary>
internal enum Severity
{
    Warning,
    Critical,
}

/// <summary>How old the newest backup of a database may be before that is reported.</summary>
internal sealed record AgeLimit(LimitType Type, Severity Severity, TimeSpan MaxAge)
{
    /// <summary>
    /// The limits of a database for which none are configured: a nightly backup with two hours of slack, and one that may fail once.
    /// </summary>
    public static IReadOnlyList<AgeLimit> Defaults { get; } =
    [
        new(LimitType.Base, Severity.Warning, TimeSpan.FromHours(26)),
        new(LimitType.Base, Severity.Critical, TimeSpan.FromHours(50)),
        new(LimitType.Wal, Severity.Warning, TimeSpan.FromMinutes(15)),
        new(LimitType.Wal, Severity.Critical, TimeSpan.FromHours(1)),
    ];
}

/// <summary>The spelling of limits in labels, flags and messages.</summary>
internal static class LimitNames
{
    public static string Name(this LimitType type) =>
        type switch
        {
            LimitType.Base => "base",
            LimitType.Full => "full",
            LimitType.Wal => "wal",
            LimitType.Logical => "logical",
            LimitType.RestoreTest => "restore_test",
            LimitType.Rto => "rto",
            _ => throw new ArgumentOutOfRangeException(nameof(type), type, null),
        };

    public static string Name(this Severity severity) =>
        severity switch
        {
            Severity.Warning => "warning",
            Severity.Critical => "critical",
            _ => throw new ArgumentOutOfRangeException(nameof(severity), severity, null),
        };
}
