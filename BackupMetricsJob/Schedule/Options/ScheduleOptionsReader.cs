using BackupMetricsJob.Configuration;
using BackupMetricsJob.Postgres;
using BackupMetricsJob.Schedule.Slots;

namespace BackupMetricsJob.Schedule.Options;

/// <summary>Reads the settings of `run` and of the schedule into <see cref="ScheduleOptions"/>, or reports all problems.</summary>
internal sealed class ScheduleOptionsReader(GivenSettings settings, IReadOnlyDictionary<string, string> environment, DateTimeOffset now)
{
    static readonly TimeSpan MaxGrace = TimeSpan.FromHours(1);

    readonly List<Problem> _problems = [];
    FileSettings? _files;

    /// <param name="options">Null if there is a problem.</param>
    /// <param name="output">The output settings, set in any case.</param>
    public static IReadOnlyList<Problem> Read(
        GivenFlags flags,
        IReadOnlyDictionary<string, string> environment,
        DateTimeOffset now,
        out ScheduleOptions? options,
        out OutputOptions output
    )
    {
        options = null;
        var settings = new GivenSettings(flags, environment);
        var reader = new ScheduleOptionsReader(settings, environment, now);
        var pushes = !ScheduleSettings.NoPush.IsOn(settings, reader._problems);
        var ofJob = OptionsReader.Read(
            flags,
            environment,
            pushes ? Purpose.Push : Purpose.Show,
            out var job,
            out output,
            out reader._files
        );
        if (pushes)
            reader.RefuseSubset(flags);
        else
            JobSettings.FailOn.Check(settings, reader._problems); // Only `show`, which reads it alike, knows more words.
        var plan = reader.Plan();
        var grace = reader.Grace();
        var cluster = reader.Cluster(job);
        var listen = reader.Listen(out var web);
        List<Problem> problems = [.. ofJob, .. reader._problems];
        if (problems.Count == 0)
        {
            List<string> warnings = [.. job!.Warnings];
            if (!pushes && listen is null)
                warnings.Add("--no-push without --listen: results are only in the log, and no alert can use them");
            options = new(job with { Interval = job.Interval ?? plan!.LongestGap, Warnings = warnings }, output, plan!)
            {
                Cluster = cluster,
                Grace = grace,
                Pushes = pushes,
                Listen = listen,
                WebConfig = web,
            };
        }

        return reader._files is null ? problems : OptionsReader.SortByLocation(problems);
    }

    /// <summary>`run` would only print a subset of the targets. A daemon that prints them at every slot is useless.</summary>
    void RefuseSubset(GivenFlags flags)
    {
        if (
            _files is null
            || settings.All(JobSettings.Target) is not [var first, ..]
            || flags.Values(JobSettings.Grouping.Name) is not null
        )
            return;
        if (JobSettings.DryRun.IsOn(settings, new List<Problem>()))
            return;
        _problems.Add(
            first.CreateProblem(
                "needs --grouping NAME=VALUE with schedule (or --no-push, or --dry-run): "
                    + "otherwise a subset would replace the group of all targets"
            )
        );
    }

    CronSchedule? Plan()
    {
        var zone = Zone();
        if ((settings.One(ScheduleSettings.Cron) ?? _files?.Cron) is not { } cron)
        {
            // If the file could not be read, nobody knows what is missing.
            if (_files is null or { IsValid: true })
                _problems.Add(
                    new(
                        ProblemOrigin.Flag,
                        $"--cron is missing: when to run; {CronSchedule.Allowed} "
                            + $"(or {GivenSettings.Variable(ScheduleSettings.Cron.Name)}, or cron in the file)"
                    )
                );
            return null;
        }

        if (CronSchedule.TryParse(cron.Value, zone ?? TimeZoneInfo.Utc, now, out var problem) is { } plan)
            return plan;
        _problems.Add(cron.InvalidValue("") with { Message = $"{cron.Name} \"{cron.Value}\": {problem}; must be {CronSchedule.Allowed}" });
        return null;
    }

    TimeZoneInfo? Zone()
    {
        if ((settings.One(ScheduleSettings.TimeZone) ?? _files?.TimeZone) is not { } setting)
            return TimeZoneInfo.Local;
        if (TimeZoneInfo.TryFindSystemTimeZoneById(setting.Value, out var zone))
            return zone;
        _problems.Add(setting.InvalidValue("a time zone of this system, like Europe/Zurich or UTC (from the package tzdata)"));
        return null;
    }

    TimeSpan Grace()
    {
        if ((settings.One(ScheduleSettings.Grace) ?? _files?.Grace) is not { } setting)
            return ScheduleSettings.Grace.Default!.Value;
        if (DurationParser.TryParse(setting.Value, out var grace) && grace <= MaxGrace)
            return grace;
        _problems.Add(setting.InvalidValue(DurationParser.Allowed + ", at most one hour"));
        return ScheduleSettings.Grace.Default!.Value;
    }

    ListenAddress? Listen(out Setting? web)
    {
        web = settings.One(ScheduleSettings.WebConfig) ?? _files?.WebConfig;
        if ((settings.One(ScheduleSettings.Listen) ?? _files?.Listen) is not { } setting)
        {
            if (web is not null && _files is null or { IsValid: true })
                _problems.Add(web!.CreateProblem("needs --listen, or listen in the file"));
            return null;
        }

        if (ListenAddress.TryParse(setting.Value) is { } address)
            return address;
        _problems.Add(setting.InvalidValue(ListenAddress.Allowed));
        return null;
    }

    ClusterOptions? Cluster(JobOptions? job)
    {
        var (node, name) = (Name(ScheduleSettings.Node, Environment.MachineName), Name(ScheduleSettings.ClusterName, Default(job)));
        if (settings.One(ScheduleSettings.Cluster) is not { } setting)
        {
            foreach (var alone in (TextSetting[])[ScheduleSettings.Node, ScheduleSettings.ClusterName])
            {
                if (settings.One(alone) is { } given)
                    _problems.Add(given.CreateProblem("needs --cluster"));
            }

            return null;
        }

        var faults = new List<string>();
        if (setting.Value.Trim().Length == 0)
            faults.Add("must be a postgresql:// URI or \"host=... user=...\"");
        else if (ConnectionText.TryParse(setting.Value, LibpqEnvironment.From(environment), faults, out var connection))
        {
            if (connection is { Hosts.Count: 1, TargetSessionAttributes: SessionAttributes.Any })
                return new(connection, name, node);
            faults.Add("must have one host and no target_session_attrs: use one name that follows the primary");
        }

        foreach (var problem in faults)
            _problems.Add(setting.CreateProblem(problem));
        return null;
    }

    /// <summary>Shared by the nodes, and different from other jobs.</summary>
    static string Default(JobOptions? job) =>
        job?.Shard is { } shard ? $"{job.Group.Job} {shard.Index}/{shard.Count}" : job?.Group.Job ?? "";

    string Name(TextSetting setting, string unless)
    {
        if (settings.One(setting) is not { } given)
            return unless;
        if (given.Value.Trim().Length == 0 || given.Value.Length > 100 || !LabelParser.IsWellFormed(given.Value))
            _problems.Add(given.InvalidValue("a name of at most 100 characters, without control characters"));
        return given.Value;
    }
}
