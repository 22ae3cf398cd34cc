using BackupMetricsJob.Backups;

namespace BackupMetricsJob.Reporting;

/// <summary>Writes one or two lines about the backups of one tool and type: the newest, kept, failed and running ones.</summary>
internal static class ShowBackupLines
{
    public const string NotCounted = "not counted: only the server reports it";

    public static void Write(BackupFacts backup, ProbeResult result, Action<string, string> row)
    {
        var limit = BackupFindings.IsTrusted(result, backup)
            ? Limit(result.Instance, LimitTypeFor(result.Instance, backup.Type))
            : NotCounted;
        if (backup.LastTest is { } test)
            row(Name(backup.Type), $"{Describe(test, backup)} ({limit}), {Humanize.Tool(backup.Tool)}");
        else if (backup is { LastSuccess: { } finished, Age: { } age })
        {
            var of = backup.Database is { } database ? $"of database {PlainText.OnOneLine(database)} alone, " : "";
            var took = backup.LastDuration is { } duration ? $", took {Humanize.Duration(duration)}" : "";
            row(
                Name(backup.Type),
                $"{of}{Humanize.Duration(age)} old ({limit}), {Humanize.Tool(backup.Tool)}, "
                    + $"finished {Humanize.Time(finished)}{took}{Size(backup)}"
            );
        }
        else
            row(
                Name(backup.Type),
                backup.Oldest is null
                    ? $"no successful one is known, {Humanize.Tool(backup.Tool)}"
                    : $"the newest is unknown, {Humanize.Tool(backup.Tool)}"
            );

        if (DescribeOthers(backup) is { Length: > 0 } more)
            row("", more);
    }

    /// <summary>Describes a restore test, such as "restored 3 days ago in 4 min, 2 s behind what was claimed".</summary>
    public static string Describe(RestoreTestFacts test, BackupFacts backup)
    {
        var ago = backup.Age is { } age ? $" {Humanize.Duration(age)} ago" : "";
        if (!test.Succeeded)
            return $"could not be restored, or a check failed, at {Humanize.Time(test.At)}{(ago.Length > 0 ? $"; restored{ago}" : "")}";
        var took = test.RestoreTime is { } time ? $" in {Humanize.Duration(time)}" : "";
        return $"restored{ago}{took}{Behind(test.Shortfall)}";
    }

    /// <summary>Compares what was restored with what was reported as safe.</summary>
    public static string Behind(TimeSpan? shortfall) =>
        shortfall switch
        {
            null => "",
            { Ticks: 0 } => ", all that was claimed",
            { } missing => $", {Humanize.Duration(missing)} behind what was claimed",
        };

    public static string Limit(Instance instance, LimitType? type)
    {
        AgeLimit? first = null;
        foreach (var limit in instance.Limits)
        {
            if (limit.Type == type && !(first?.MaxAge <= limit.MaxAge))
                first = limit;
        }

        return first is null ? "no limit" : $"limit {Humanize.Duration(first.MaxAge)}";
    }

    public static string DescribeOthers(BackupFacts backup)
    {
        var parts = new List<string>();
        if (backup.Counts is { } counts && backup.Type != BackupType.RestoreTest)
        {
            parts.Add($"{counts.Done} kept");
            if (counts.Failed > 0)
                parts.Add($"{counts.Failed} failed");
        }

        if (backup.Oldest is { } oldest)
            parts.Add($"the oldest from {Humanize.Time(oldest)}");
        if (backup.LastFailure is { } failed)
            parts.Add($"the last failure at {Humanize.Time(failed)}");
        if (backup.Running is { } running)
            parts.Add(
                $"one running since {Humanize.Time(running.Since)}"
                    + (running.Complete is { } complete ? $", {Humanize.Percent(complete)} done" : "")
            );
        return string.Join(", ", parts);
    }

    public static string Size(BackupFacts backup) =>
        (backup.LastSize, backup.LastStored) switch
        {
            ({ } size, { } stored) => $", {Humanize.Bytes(size)}, {Humanize.Bytes(stored)} stored",
            ({ } size, null) => $", {Humanize.Bytes(size)}",
            (null, { } stored) => $", {Humanize.Bytes(stored)} stored",
            _ => "",
        };

    public static string Name(BackupType type) =>
        type switch
        {
            BackupType.RestoreTest => "restore test",
            BackupType.Wal => "archived WAL",
            _ => $"{type.Name()} backup",
        };

    public static LimitType? LimitTypeFor(Instance instance, BackupType type) =>
        type switch
        {
            BackupType.Logical => LimitType.Logical,
            BackupType.RestoreTest => LimitType.RestoreTest,
            BackupType.Wal => null,
            BackupType.Full when instance.Limits.Any(limit => limit.Type == LimitType.Full) => LimitType.Full,
            _ => LimitType.Base,
        };
}
