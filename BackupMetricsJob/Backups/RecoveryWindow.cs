namespace BackupMetricsJob.Backups;

/// <summary>
/// How far back a restore reaches with the backups of one tool: to the end of the oldest full backup since which chains and WAL are
/// unbroken. If the archive was listed, the WAL since then is checked; otherwise the tool is trusted. A backup that is kept for ever does
/// not count, because the WAL after it need not be kept.
/// </summary>
/// <param name="Start">The oldest time that can be restored.</param>
internal sealed record RecoveryWindow(string Source, string Tool, DateTimeOffset Start)
{
    /// <summary>Why the window does not start with the oldest known backup; null if it does.</summary>
    public string? WhyNotOlder { get; init; }

    /// <summary>Whether the only reason is that the archive's listing does not reach back far enough.</summary>
    public bool IsListedTooShort { get; init; }

    /// <summary>One window for each source and tool for which it is known; none if WAL is not archived.</summary>
    public static IReadOnlyList<RecoveryWindow> Find(ProbeResult result)
    {
        if (!MayReachUntilNow(result.Server))
            return [];
        var windows = new List<RecoveryWindow>();
        foreach (var (source, tool, oldest, window) in Stored(result))
        {
            if (window.Start is not { } start)
                continue;
            var isLater = oldest < start;
            windows.Add(
                new(source, tool, start)
                {
                    WhyNotOlder = isLater ? window.WhyNotOlder : null,
                    IsListedTooShort = isLater && window.IsListedTooShort,
                }
            );
        }

        return windows;
    }

    /// <summary>Why no full backup of a tool can be restored up to now; null if one can, or if no tool has one.</summary>
    public static string? WhyNone(ProbeResult result) =>
        Stored(result)
            .Where(tool => tool.Window.Start is null)
            .Select(tool => tool.Window.WhyNotOlder)
            .FirstOrDefault(why => why is not null);

    /// <summary>The tools that have a full backup and still take backups.</summary>
    static IEnumerable<(string Source, string Tool, DateTimeOffset Oldest, StoredWindow Window)> Stored(ProbeResult result)
    {
        foreach (var (source, tool) in Tools(result))
        {
            if (Oldest(result.Backups, source, tool) is { } oldest && !IsGivenUp(result, tool))
                yield return (source, tool, oldest, StoredWindow.Find(result, source, tool, oldest));
        }
    }

    /// <summary>When the oldest full backup, or base backup of unknown type, finished; null if none is known.</summary>
    public static DateTimeOffset? Oldest(IReadOnlyList<BackupFacts> backups, string source, string tool)
    {
        DateTimeOffset? oldest = null;
        foreach (var backup in backups)
        {
            if (
                backup.Source == source
                && backup.Tool == tool
                && backup.Type is BackupType.Full or BackupType.Base
                && !(backup.Oldest >= oldest)
            )
                oldest = backup.Oldest ?? oldest;
        }

        return oldest;
    }

    public static IEnumerable<(string Source, string Tool)> Tools(ProbeResult result) =>
        result.Backups.Select(backup => (backup.Source, backup.Tool)).Distinct();

    static bool MayReachUntilNow(ServerEvidence? server) =>
        server is null || ArchiverStates.Classify(server) is not (ArchiverState.Off or ArchiverState.Never or ArchiverState.Discarded);

    /// <summary>
    /// Whether a tool's newest backup exceeds the limit and another tool's does not. Then the WAL goes to the other tool's archive.
    /// </summary>
    static bool IsGivenUp(ProbeResult result, string tool)
    {
        if (LongestLimit(result.Instance) is not { } limit)
            return false;
        var active = BackupFindings
            .Trusted(result)
            .Where(backup => backup.Type.IsPhysical() && backup.Age <= limit)
            .Select(backup => backup.Tool)
            .ToHashSet();
        return active.Count > 0 && !active.Contains(tool);
    }

    public static TimeSpan? LongestLimit(Instance instance) =>
        instance.Limits.Where(limit => limit.Type is LimitType.Base or LimitType.Full).Max(limit => (TimeSpan?)limit.MaxAge);
}

/// <summary>How far back a restore must reach.</summary>
internal sealed record WindowLimit(Severity Severity, TimeSpan Min)
{
    /// <summary>The configured window, if the cluster is too young to meet it and <see cref="Min"/> is shorter; otherwise null.</summary>
    public TimeSpan? Requested { get; init; }

    /// <summary>How long a new cluster may be without a first backup, if no limit says so.</summary>
    static readonly TimeSpan FirstBackup = TimeSpan.FromDays(2);

    /// <summary>
    /// The limits that a database can meet: the configured ones, or, if the cluster is younger, the time since its first backup was due.
    /// </summary>
    public static IEnumerable<WindowLimit> For(ProbeResult result)
    {
        var possible =
            result.At - CreatedAt(result) is { } age && age >= TimeSpan.Zero
                ? age - (RecoveryWindow.LongestLimit(result.Instance) ?? FirstBackup)
                : TimeSpan.MaxValue;
        if (possible < TimeSpan.Zero)
            possible = TimeSpan.Zero;
        return result.Instance.Window.Select(limit => limit.Min > possible ? limit with { Min = possible, Requested = limit.Min } : limit);
    }

    /// <summary>When initdb created the cluster. The upper half of the system identifier is that time, in seconds since 1970.</summary>
    /// <remarks>https://github.com/postgres/postgres/blob/REL_18_STABLE/src/backend/access/transam/xlog.c, BootStrapXLOG.</remarks>
    static DateTimeOffset? CreatedAt(ProbeResult result)
    {
        var identifier =
            result.Server?.SystemIdentifier
            ?? result.Backups.FirstOrDefault(backup => backup is { SystemIdentifier: not null, LastSuccess: not null })?.SystemIdentifier;
        return identifier is { } cluster ? DateTimeOffset.FromUnixTimeSeconds((long)(cluster >> 32)) : null;
    }
}
