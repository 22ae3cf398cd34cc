using BackupMetricsJob.Configuration;
using BackupMetricsJob.Schedule.Slots;
using BackupMetricsJob.Targets;

namespace BackupMetricsJob.Schedule.Options;

/// <summary>The settings of `run` and those of the schedule into one <see cref="ScheduleOptions"/>, or every problem at once.</summary>
internal sealed class ScheduleOptionsReader
{
    static readonly TimeSpan DefaultGrace = TimeSpan.FromSeconds(30);
    static readonly TimeSpan MaxGrace = TimeSpan.FromHours(1);

    readonly List<Problem> _problems = [];
    readonly Settings _settings;
    readonly IReadOnlyDictionary<string, string> _environment;
    readonly DateTimeOffset _now;

    ScheduleOptionsReader(Settings settings, IReadOnlyDictionary<string, string> environment, DateTimeOffset now)
    {
        _settings = settings;
        _environment = environment;
        _now = now;
    }

    /// <param name="options">Null if there is a problem.</param>
    /// <param name="output">How to tell it; there in any case.</param>
    public static IReadOnlyList<Problem> Read(
        Flags flags, IReadOnlyDictionary<string, string> environment, DateTimeOffset now, out ScheduleOptions? options, out OutputOptions output)
    {
        options = null;
        var reader = new ScheduleOptionsReader(new Settings(flags, environment), environment, now);
        var pushes = !OutputOptions.Choice(reader._settings, "no-push", "false", "true", reader._problems);
        var ofJob = OptionsReader.Read(flags, environment, mayPush: pushes, out var job, out output);
        var plan = reader.Plan();
        var grace = reader.Grace();
        var cluster = reader.Cluster(job);
        IReadOnlyList<Problem> problems = [.. ofJob, .. reader._problems];
        if (problems.Count == 0)
            options = new(job! with { Interval = job!.Interval ?? plan!.LongestGap }, output, plan!) { Cluster = cluster, Grace = grace, Pushes = pushes };
        return problems;
    }

    SlotPlan? Plan()
    {
        var zone = Zone();
        if (_settings.One("cron") is not { } cron)
        {
            _problems.Add(new(ProblemOrigin.Flag, $"--cron is missing: when to run; {SlotPlan.Allowed} (or {Settings.Variable("cron")})"));
            return null;
        }

        if (SlotPlan.TryParse(cron.Value, zone ?? TimeZoneInfo.Utc, _now, out var problem) is { } plan) return plan;
        _problems.Add(new(cron.Kind, $"{cron.Origin} \"{cron.Value}\": {problem}; must be {SlotPlan.Allowed}"));
        return null;
    }

    TimeZoneInfo? Zone()
    {
        if (_settings.One("timezone") is not { } setting) return TimeZoneInfo.Local;
        if (TimeZoneInfo.TryFindSystemTimeZoneById(setting.Value, out var zone)) return zone;
        _problems.Add(setting.Wrong("a time zone of this system, like Europe/Zurich or UTC (they come with the package tzdata)"));
        return null;
    }

    TimeSpan Grace()
    {
        if (_settings.One("grace") is not { } setting) return DefaultGrace;
        if (DurationText.TryParse(setting.Value, out var grace) && grace <= MaxGrace) return grace;
        _problems.Add(setting.Wrong("an hour at most, " + DurationText.Allowed));
        return DefaultGrace;
    }

    ClusterOptions? Cluster(JobOptions? job)
    {
        var (node, name) = (Name("node", Environment.MachineName), Name("cluster-name", Default(job)));
        if (_settings.One("cluster") is not { } setting) return null;
        var said = new List<string>();
        if (setting.Value.Trim().Length == 0) said.Add("must be a postgresql:// URI or \"host=... user=...\"");
        else if (ConnectionText.TryParse(setting.Value, new LibpqEnvironment(_environment, userName: Environment.UserName), said, out var connection))
            return new(connection, name, node);
        foreach (var problem in said) _problems.Add(setting.Says(problem));
        return null;
    }

    /// <summary>What the nodes have in common and other jobs have not.</summary>
    static string Default(JobOptions? job) => job?.Shard is { } shard ? $"{job.Group.Job} {shard.Index}/{shard.Count}" : job?.Group.Job ?? "";

    string Name(string setting, string unless)
    {
        if (_settings.One(setting) is not { } given) return unless;
        if (given.Value.Trim().Length == 0 || given.Value.Length > 100 || !LabelText.IsWellFormed(given.Value))
            _problems.Add(given.Wrong("a name of at most 100 characters, without control characters"));
        return given.Value;
    }
}
