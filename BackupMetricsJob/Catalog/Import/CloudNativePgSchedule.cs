using BackupMetricsJob.Backups;

namespace BackupMetricsJob.Catalog.Import;

/// <summary>What is wrong with a ScheduledBackup. Without this, the last backup would look good although none will follow.</summary>
internal static class CloudNativePgSchedule
{
    /// <summary>How long the operator may take to create a due Backup object.</summary>
    static readonly TimeSpan Grace = TimeSpan.FromHours(1);

    public static ListingItem.Note? Find(Fields schedule, ListingOptions options)
    {
        var server = options.Server ?? CloudNativePgObjects.Server(schedule, "spec.cluster.name");
        var name = schedule.Name("metadata.name");
        try
        {
            return Trouble(schedule, options) is { } trouble ? new ListingItem.Note(server, $"the ScheduledBackup {name} {trouble}") : null;
        }
        catch (ListingException e)
        {
            return new ListingItem.Note(server, $"the ScheduledBackup {name} cannot be read: {e.Message}");
        }
    }

    static string? Trouble(Fields schedule, ListingOptions options)
    {
        if (schedule.Flag("spec.suspend"))
            return "is suspended: it makes no backups";
        if (schedule.Text("status.error") is { Length: > 0 } error)
            return $"is refused by the operator: {PlainText.OnOneLine(error)}";
        var last = schedule.AnyIso("status.lastScheduleTime", TimeZoneInfo.Utc);
        var since = last is { } ran ? $"last made one at {Humanize.Time(ran)}" : "has never made one";
        var due =
            schedule.AnyIso("status.nextScheduleTime", TimeZoneInfo.Utc) ?? schedule.AnyIso("metadata.creationTimestamp", TimeZoneInfo.Utc);
        return due is { } time && time + Grace < options.Now
            ? $"was to make a backup at {Humanize.Time(time)}, and {since}: does the operator run?"
            : null;
    }
}
