using BackupMetricsJob.Backups;
using BackupMetricsJob.Configuration;
using BackupMetricsJob.Http;
using BackupMetricsJob.Pushgateway;
using BackupMetricsJob.Pushgateway.Api;

namespace BackupMetricsJob.Checking;

/// <summary>Whether a gateway would take our push, and what it has of ours.</summary>
internal static class GatewayChecks
{
    static readonly TimeSpan MaxClockSkew = TimeSpan.FromSeconds(60);
    static readonly TimeSpan MinStaleAge = TimeSpan.FromHours(1);

    public static async Task<GatewayCheck> RunAsync(Gateway gateway, JobOptions job, TimeProvider time, CancellationToken cancellationToken)
    {
        var api = new GatewayApi(gateway, time);
        var (status, down) = await api.StatusAsync(cancellationToken);
        if (status is null)
            return new(gateway, StatusFor(down!), [], [CreateFinding(down!)]);
        var facts = new List<string> { status.ToString() };
        var findings = new List<Finding>();
        if (gateway.Credentials is not null)
            facts.Add("takes our credentials");
        if (!status.IsReady)
            findings.Add(
                new(
                    true,
                    "it is not ready: its queue of pushes is full",
                    "Push less often, or into fewer groups; it may be back in a moment."
                )
            );
        if (!status.ChecksPushes)
            findings.Add(
                new(
                    false,
                    "it does not check what is pushed (--push.disable-consistency-check): two jobs may push the same series unnoticed",
                    "Start it without that flag."
                )
            );
        if (status.ClockSkew is { } skew && skew.Duration() > MaxClockSkew)
            findings.Add(
                new(
                    false,
                    $"its clock is {Humanize.Duration(skew.Duration())} {(skew > TimeSpan.Zero ? "ahead of" : "behind")} ours",
                    "Synchronise both clocks (NTP)."
                )
            );

        var (groups, failure) = await api.GroupsAsync(null, cancellationToken);
        if (groups is null)
        {
            findings.Add(CreateFinding(failure!));
            return new(gateway, StatusFor(failure!), facts, findings);
        }

        AddGroups(groups, job, facts, findings);
        return new(gateway, status.IsReady ? ServerStatus.Ok : ServerStatus.Unreachable, facts, findings);
    }

    public static ServerStatus StatusFor(ApiFailure failure) =>
        failure.Reason switch
        {
            RequestFailure.Refused => ServerStatus.Refused,
            RequestFailure.Cancelled => ServerStatus.Unknown,
            _ => ServerStatus.Unreachable,
        };

    public static Finding CreateFinding(ApiFailure failure) =>
        failure switch
        {
            { Reason: RequestFailure.Cancelled } => new(false, failure.Describe(), ""),
            { Status: 401 or 403 } => new(true, failure.Describe(), "Check its user and password, or its token."),
            _ => new(true, failure.Describe(), "Check the URL, and that it runs there."),
        };

    /// <summary>Whether it is the group that a run would push, or that of one of its shards.</summary>
    static bool IsOfThisJob(GatewayGroup group, GroupingKey key)
    {
        if (group.Job != key.Job)
            return false;
        foreach (var (name, value) in group.Labels)
        {
            if (name is not ("job" or "shard") && !key.Labels.Any(label => label.Name == name && label.Value == value))
                return false;
        }

        return key.Labels.All(label => label.Name == "shard" || group.Value(label.Name) == label.Value);
    }

    static void AddGroups(GatewayGroups groups, JobOptions job, List<string> facts, List<Finding> findings)
    {
        var stale = MinStaleAge;
        if (job.Interval is { } interval && interval * 2 > stale)
            stale = interval * 2;
        GatewayGroup? own = null;
        var forgotten = 0;
        var oldest = TimeSpan.Zero;
        foreach (var group in groups.All)
        {
            var age = groups.At - group.PushTime;
            var isForgotten = group.IsOurs && group.Job == job.Group.Job && age > stale;
            if (IsOfThisJob(group, job.Group) && (group.Is(job.Group) || !isForgotten))
                own = own?.PushTime > group.PushTime ? own : group;
            else if (isForgotten)
            {
                forgotten++;
                if (age > oldest)
                    oldest = age.Value;
            }
        }

        facts.Add(
            own?.PushTime is { } pushed
                ? $"our group {job.Group} was last pushed {Humanize.Duration(groups.At - pushed)} ago"
                : $"our group {job.Group} was not pushed yet"
        );
        if (own is { PushFailureTime: { } refused } && !(own.PushTime > refused))
            findings.Add(
                new(
                    true,
                    $"the last push of our group was refused, {Humanize.Duration(groups.At - refused)} ago",
                    "Run backup-metrics run: it says why."
                )
            );
        if (forgotten > 0)
        {
            findings.Add(
                new(
                    false,
                    $"{Humanize.Count(forgotten, "group")} of the job {job.Group.Job} {(forgotten == 1 ? "is" : "are")} there that "
                        + $"nothing pushes any more, the oldest for {Humanize.Duration(oldest)}; Prometheus still scrapes what is in there",
                    $"backup-metrics delete --gateway ... --job {job.Group.Job} --older-than {(int)stale.TotalMinutes}m, "
                        + "with --dry-run first."
                )
            );
        }
    }
}
