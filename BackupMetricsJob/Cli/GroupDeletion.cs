using BackupMetricsJob.Backups;
using BackupMetricsJob.Http;
using BackupMetricsJob.Pushgateway;
using BackupMetricsJob.Pushgateway.Api;

namespace BackupMetricsJob.Cli;

/// <summary>Deletes the selected groups of one gateway and says of each what was done. What is not ours is named and left alone.</summary>
internal sealed class GroupDeletion(string gateway, GatewayApi api, TextWriter list, TextWriter error)
{
    const int MaxShown = 20;

    static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    /// <summary>Stored, where nothing of what was to go is left.</summary>
    public async Task<PushResult> RunAsync(GroupSelection selection, bool dryRun, CancellationToken cancellationToken)
    {
        var told = await api.GroupsAsync(null, cancellationToken);
        if (told.Value is not { } groups)
            return Fail(told.Failure!);

        var toDelete = new List<(GatewayGroup Group, GroupingKey Key)>();
        foreach (var group in groups.All)
        {
            if (!selection.Matches(group))
                continue;
            if (!group.IsOurs)
                Report("left alone", group, groups.At, ": it is not of backup-metrics, it has no backup_metrics_build_info");
            else if (!selection.IsOldEnough(group, groups.At))
                Report("kept", group, groups.At, "");
            else if (group.ToKey() is not { } key)
                Report("left alone", group, groups.At, ": its labels cannot be sent");
            else
                toDelete.Add((group, key));
        }

        if (toDelete.Count == 0)
            ReportNothing(selection, groups);
        else if (!dryRun)
            return await DeleteAsync(toDelete, groups.At, cancellationToken);
        foreach (var (group, _) in toDelete)
            Report("would delete", group, groups.At, "");
        return PushResult.Stored;
    }

    async Task<PushResult> DeleteAsync(
        List<(GatewayGroup Group, GroupingKey Key)> toDelete,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var left = await api.DeleteAsync([.. toDelete.Select(one => one.Group)], Timeout, cancellationToken);
        if (left.Value is null)
        {
            foreach (var (group, _) in toDelete)
                Report("perhaps deleted", group, now, "");
            return Fail(left.Failure!);
        }

        var result = PushResult.Stored;
        foreach (var (group, key) in toDelete)
        {
            if (left.Value.All.FirstOrDefault(other => other.Is(key)) is not { } still)
            {
                Report("deleted", group, now, "");
                continue;
            }

            result = PushResult.Unavailable;
            Report(
                "not deleted",
                group,
                now,
                still.PushTime > group.PushTime ? ": it was pushed again meanwhile" : ": the gateway still has it"
            );
        }

        return result;
    }

    void ReportNothing(GroupSelection selection, GatewayGroups groups)
    {
        error.WriteLine(
            $"nothing to delete at {gateway}: "
                + "no group of backup-metrics there has "
                + $"{selection}{(selection.OlderThan is { } age ? $" and was last pushed longer than {Humanize.Duration(age)} ago" : "")}"
        );
        var ours = groups.All.Where(group => group.IsOurs).OrderBy(group => group.ToString(), StringComparer.Ordinal).ToList();
        foreach (var group in ours.Take(MaxShown))
            error.WriteLine($"there is {Describe(group, groups.At)}");
        if (ours.Count > MaxShown)
            error.WriteLine($"and {ours.Count - MaxShown} more");
    }

    PushResult Fail(ApiFailure failure)
    {
        error.WriteLine("backup-metrics: delete: " + failure.Describe());
        return failure.Reason.ToPushResult();
    }

    void Report(string what, GatewayGroup group, DateTimeOffset now, string why) => list.WriteLine($"{what} {Describe(group, now)}{why}");

    string Describe(GatewayGroup group, DateTimeOffset now)
    {
        var age = group.PushTime is { } pushed
            ? $"last pushed {Humanize.Duration(now > pushed ? now - pushed : TimeSpan.Zero)} ago"
            : "never pushed with success";
        return $"{group} at {gateway}, {age}";
    }
}
