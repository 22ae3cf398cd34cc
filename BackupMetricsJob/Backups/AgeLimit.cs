namespace BackupMetricsJob.Backups;

/// <summary>What a limit applies to. For <see cref="Base"/>, the newest physical backup of any kind counts.</summary>
internal enum LimitType
{
    Base,
    Full,
    Wal,
    Logical,
    RestoreTest,

    /// <summary>How long a restore may take. The measured time of the last drill counts, not the age of a backup.</summary>
    Rto,
}

/// <summary>How urgent it is when a limit is exceeded.</summary>
internal enum Severity
{
    Warning,
    Critical,
}

/// <summary>The maximum age of a database's newest backup before it is reported.</summary>
internal sealed record AgeLimit(LimitType Type, Severity Severity, TimeSpan MaxAge)
{
    /// <summary>
    /// The limits of a database that has none configured: they fit a nightly backup with two hours of slack, and let one backup fail.
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
