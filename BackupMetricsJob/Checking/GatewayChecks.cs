using BackupMetricsJob.Backups;
using BackupMetricsJob.Configuration;
using BackupMetricsJob.Http;
using BackupMetricsJob.Pushgateway;
using BackupMetricsJob.Pushgateway.Api;

namespace BackupMetricsJob.Checking;

/// <summary>Checks whether a gateway would accept our push, and which of our groups it has.</summary>
internal static class GatewayChecks
{
    static readonly TimeSpan MaxClockSkew = TimeSpan.FromSeconds(60);

    static readonly TimeSpan MaxForAnother = TimeSpan.FromSeconds(2);

    static readonly TimeSpan MinStaleAge = TimeSpan.FromHours(1);

    public static async Task<GatewayCheck> RunAsync(Gateway gateway, JobOptions job, TimeProvider time, CancellationToken cancellationToken)
    {
        var begin = time.GetTimestamp();
        var api = new GatewayApi(gateway, time, job.Deadline);
        var (status, down) = await api.StatusAsync(cancellationToken);
        if (status is null)
        {
            var limit = ForAnother(job.Deadline - time.GetElapsedTime(begin));
            var other = IsOfAnother(down!) ? await PrometheusVersionAsync(gateway, limit, time, cancellationToken) : null;
            var finding = other is null
                ? CreateFinding(down!)
                : new(true, $"this is a Prometheus ({other}), not a Pushgateway", "Give the URL of the Pushgateway that it scrapes.");
            return new(gateway, StatusFor(down!), [], [finding]);
        }

        var facts = new List<string> { status.ToString() };
        var findings = new List<Finding>();
        if (gateway.Credentials is not null)
            facts.Add("accepts the credentials");
        if (!status.IsReady)
            findings.Add(
                new(
                    true,
                    "it is not ready: its queue of pushes is full",
                    "Push less often, or to fewer groups. It may recover in a moment."
                )
            );
        if (!status.ChecksPushes)
            findings.Add(
                new(
                    false,
                    "it does not check pushes (--push.disable-consistency-check), so two jobs may push the same series unnoticed",
                    "Start it without that flag."
                )
            );
        if (status.ClockSkew is { } skew && skew.Duration() > MaxClockSkew)
            findings.Add(
                new(
                    false,
                    $"its clock is {Humanize.Duration(skew.Duration())} {(skew > TimeSpan.Zero ? "ahead of" : "behind")} this host's",
                    "Synchronise both clocks (NTP)."
                )
            );

        var (groups, failure) = await api.GroupsAsync(null, cancellationToken);
        if (groups is null)
        {
            findings.Add(CreateFinding(failure!));
            return new(gateway, StatusFor(failure!), facts, findings);
        }

        var pushed = AddGroups(groups, job, facts, findings);
        return new(gateway, status.IsReady ? ServerStatus.Ok : ServerStatus.Unreachable, facts, findings) { PushedAgo = pushed };
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
            { Reason: RequestFailure.Refused } => new(
                true,
                failure.Describe(),
                "Another server answers at this URL, or its path lacks a prefix (--web.route-prefix)."
            ),
            _ => new(true, failure.Describe(), "Check the URL, and that the server is running."),
        };

    /// <summary>The time limit for all requests that find out whether it is another kind of server.</summary>
    /// <param name="left">The time left until the deadline. If it has passed, no request is sent.</param>
    public static TimeSpan ForAnother(TimeSpan left) => left < MaxForAnother ? left : MaxForAnother;

    /// <summary>Whether the answer may come from another kind of server.</summary>
    public static bool IsOfAnother(ApiFailure failure) =>
        failure is { Reason: RequestFailure.Refused, Status: null or (not 401 and not 403 and not 407) };

    static async Task<string?> PrometheusVersionAsync(
        Gateway gateway,
        TimeSpan limit,
        TimeProvider time,
        CancellationToken cancellationToken
    ) =>
        gateway is { Credentials: null, Tls: null }
            ? (await new PrometheusApi(new Uri(gateway.ToString()), null, limit, time, limit).VersionAsync(cancellationToken)).Value
            : null;

    /// <summary>Whether a run, or one of its shards, would push this group.</summary>
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

    /// <returns>How long ago our own was pushed.</returns>
    static TimeSpan? AddGroups(GatewayGroups groups, JobOptions job, List<string> facts, List<Finding> findings)
    {
        var stale = MinStaleAge;
        if (job.Interval is { } interval && interval * 2 > stale)
            stale = interval * 2;
        GatewayGroup? own = null;
        var abandoned = 0;
        var oldest = TimeSpan.Zero;
        foreach (var group in groups.All)
        {
            var age = groups.At - group.PushTime;
            var isAbandoned = group.IsOurs && group.Job == job.Group.Job && age > stale;
            if (IsOfThisJob(group, job.Group) && (group.Is(job.Group) || !isAbandoned))
                own = own?.PushTime > group.PushTime ? own : group;
            else if (isAbandoned)
            {
                abandoned++;
                if (age > oldest)
                    oldest = age.Value;
            }
        }

        facts.Add(
            own?.PushTime is { } pushed
                ? $"group {job.Group} was last pushed {Humanize.Duration(groups.At - pushed)} ago"
                : $"group {job.Group} has not been pushed yet"
        );
        if (own is { PushFailureTime: { } refused } && !(own.PushTime > refused))
            findings.Add(
                new(
                    true,
                    $"the last push of the group was refused, {Humanize.Duration(groups.At - refused)} ago",
                    "Run backup-metrics run. It reports the reason."
                )
            );
        if (abandoned > 0)
        {
            findings.Add(
                new(
                    false,
                    $"{Humanize.Count(abandoned, "group")} of job {job.Group.Job} {(abandoned == 1 ? "is" : "are")} no longer pushed "
                        + $"(the oldest for {Humanize.Duration(oldest)}), but Prometheus still scrapes {(abandoned == 1 ? "it" : "them")}",
                    $"Run backup-metrics delete --gateway ... --job {job.Group.Job} --older-than {DurationParser.Format(stale)}, "
                        + "with --dry-run first."
                )
            );
        }

        return groups.At - own?.PushTime;
    }
}
