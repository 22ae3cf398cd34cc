using BackupMetricsJob.Backups;
using BackupMetricsJob.Http;
using BackupMetricsJob.Pushgateway;
using BackupMetricsJob.Pushgateway.Api;

namespace BackupMetricsJob.Cli;

/// <summary>Deletes the selected groups of one gateway and reports each of them. Groups of other programs are reported and kept.</summary>
internal sealed class GroupDeletion(string gateway, GatewayApi api, TextWriter list, TextWriter error)
{
    const int MaxShown = 20;

    static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    /// <summary>Whether to write nothing if there is nothing to delete.</summary>
    public bool Quiet { get; init; }

    /// <returns>Stored if none of the selected groups is left.</returns>
    public async Task<PushResult> RunAsync(GroupSelection selection, bool dryRun, CancellationToken cancellationToken)
    {
        var answer = await api.GroupsAsync(null, cancellationToken);
        if (answer.Value is not { } groups)
            return Fail(answer.Failure!);

        var toDelete = new List<(GatewayGroup Group, GroupingKey Key)>();
        foreach (var group in groups.All)
        {
            if (!selection.Matches(group))
                continue;
            if (!group.IsOurs)
                Report("left alone", group, groups.At, ": backup-metrics did not push it (it has no backup_metrics_build_info)");
            else if (!selection.IsOldEnough(group, groups.At))
                Report("kept", group, groups.At, "");
            else if (group.ToKey() is not { } key)
                Report("left alone", group, groups.At, ": its labels cannot be sent in a URL");
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
        var remaining = await api.DeleteAsync([.. toDelete.Select(one => one.Group)], Timeout, cancellationToken);
        if (remaining.Value is null)
        {
            foreach (var (group, _) in toDelete)
                Report("perhaps deleted", group, now, "");
            return Fail(remaining.Failure!);
        }

        var result = PushResult.Stored;
        foreach (var (group, key) in toDelete)
        {
            if (remaining.Value.All.FirstOrDefault(other => other.Is(key)) is not { } kept)
            {
                Report("deleted", group, now, "");
                continue;
            }

            result = PushResult.Unavailable;
            Report("not deleted", group, now, kept.PushTime > group.PushTime ? ": it has been pushed again" : ": the gateway still has it");
        }

        return result;
    }

    void ReportNothing(GroupSelection selection, GatewayGroups groups)
    {
        if (Quiet)
            return;
        error.WriteLine(
            $"nothing to delete at {gateway}: "
                + "no group that backup-metrics pushed has "
                + $"{selection}{(selection.OlderThan is { } age ? $" and was last pushed more than {Humanize.Duration(age)} ago" : "")}"
        );
        var ours = groups.All.Where(group => group.IsOurs).OrderBy(group => group.ToString(), StringComparer.Ordinal).ToList();
        foreach (var group in ours.Take(MaxShown))
            error.WriteLine($"found {Describe(group, groups.At)}");
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
            : "never pushed successfully";
        return $"{group} at {gateway}, {age}";
    }
}
