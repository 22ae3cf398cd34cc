namespace BackupMetricsJob.Backups;

/// <summary>
/// How far back a restore reaches by the backups of one tool: from when its oldest full backup finished from which chains and WAL go on.
/// Where the archive was listed, the WAL since then is checked; else it is the tool's word. A backup that is kept for ever does not count:
/// the WAL after it need not be kept.
/// </summary>
/// <param name="Start">The oldest moment that can be restored to.</param>
internal sealed record RecoveryWindow(string Source, string Tool, DateTimeOffset Start)
{
    /// <summary>Why it does not start with the oldest backup that is known; null where it does.</summary>
    public string? WhyNotOlder { get; init; }

    /// <summary>Whether that is only because the archive's listing does not reach back so far.</summary>
    public bool IsListedTooShort { get; init; }

    /// <summary>One for each source and tool of which it is known; none where WAL is not archived.</summary>
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

    /// <summary>Why a restore reaches until now from no full backup of a tool; null where it does, or no tool has one.</summary>
    public static string? WhyNone(ProbeResult result) =>
        Stored(result)
            .Where(tool => tool.Window.Start is null)
            .Select(tool => tool.Window.WhyNotOlder)
            .FirstOrDefault(why => why is not null);

    /// <summary>The tools that have a full backup and still make some.</summary>
    static IEnumerable<(string Source, string Tool, DateTimeOffset Oldest, StoredWindow Window)> Stored(ProbeResult result)
    {
        foreach (var (source, tool) in Tools(result))
        {
            if (Oldest(result.Backups, source, tool) is { } oldest && !IsGivenUp(result, tool))
                yield return (source, tool, oldest, StoredWindow.Find(result, source, tool, oldest));
        }
    }

    /// <summary>When the oldest full backup finished, or base backup of unknown kind; null where none is known.</summary>
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

    /// <summary>Its newest backup is past the limit, and that of another tool is not: the WAL goes where the other one keeps it.</summary>
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
    /// <summary>What was asked for, where a young cluster cannot meet it yet and <see cref="Min"/> is less; else null.</summary>
    public TimeSpan? Requested { get; init; }

    /// <summary>How long a new cluster may be without a first backup, where no limit says it.</summary>
    static readonly TimeSpan FirstBackup = TimeSpan.FromDays(2);

    /// <summary>
    /// The limits that a database can meet: what was asked for, or, of a cluster that is younger than that, since its first backup was due.
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

    /// <summary>
    /// When initdb made the cluster: the upper half of the system identifier is that time, in seconds since 1970.
    /// </summary>
    /// <remarks>https://github.com/postgres/postgres/blob/REL_18_STABLE/src/backend/access/transam/xlog.c, BootStrapXLOG.</remarks>
    static DateTimeOffset? CreatedAt(ProbeResult result)
    {
        var identifier =
            result.Server?.SystemIdentifier
            ?? result.Backups.FirstOrDefault(backup => backup is { SystemIdentifier: not null, LastSuccess: not null })?.SystemIdentifier;
        return identifier is { } cluster ? DateTimeOffset.FromUnixTimeSeconds((long)(cluster >> 32)) : null;
    }
}
