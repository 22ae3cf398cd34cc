using BackupMetricsJob.Backups;
using BackupMetricsJob.Postgres;
using BackupMetricsJob.Pushgateway;

namespace BackupMetricsJob.Configuration;

/// <summary>What a command wants options for.</summary>
internal enum Purpose
{
    /// <summary>To push: a gateway is needed, unless it is a dry run, and shards count.</summary>
    Push,

    /// <summary>To show what the targets say: gateways and shards do not matter.</summary>
    Show,

    /// <summary>To try all that a push would need: the gateways that are named, and the targets of every shard.</summary>
    Check,
}

/// <summary>
/// Flags over environment over files into one <see cref="JobOptions"/>, or every problem at once. Files and secrets are read at every call;
/// it reads no environment of its own.
/// </summary>
internal sealed class OptionsReader(
    Settings settings,
    IReadOnlyDictionary<string, string> environment,
    FileSettings? files,
    List<Problem> problems
)
{
    const string NeedsFile = "needs targets from a file: --config, or --config-dir";

    static readonly TimeSpan DefaultDeadline = TimeSpan.FromSeconds(60);

    readonly List<string> _warnings = [];

    bool IsFleet => files is { Targets.Count: > 0 };

    /// <param name="flags">What was typed.</param>
    /// <param name="environment">The variables.</param>
    /// <param name="purpose">What the options are for.</param>
    /// <param name="job">Null if there is a problem.</param>
    /// <param name="output">How to tell it; there in any case, so that the problems can be told.</param>
    public static IReadOnlyList<Problem> Read(
        Flags flags,
        IReadOnlyDictionary<string, string> environment,
        Purpose purpose,
        out JobOptions? job,
        out OutputOptions output
    ) => Read(flags, environment, purpose, out job, out output, out _);

    /// <summary>The same, and what else the files say, of the same reading of them.</summary>
    /// <param name="files">Null where there is none.</param>
    public static IReadOnlyList<Problem> Read(
        Flags flags,
        IReadOnlyDictionary<string, string> environment,
        Purpose purpose,
        out JobOptions? job,
        out OutputOptions output,
        out FileSettings? files
    )
    {
        var settings = new Settings(flags, environment);
        var problems = new List<Problem>();
        var (file, directory) = (settings.One("config"), settings.One("config-dir"));
        files = file is null && directory is null ? null : File.FileReader.Read(file, directory, problems);
        var reader = new OptionsReader(settings, environment, files, problems);
        output = OutputOptions.Read(settings, files, problems);
        var names = settings.All("target");
        if (purpose == Purpose.Push && names.Count > 0)
            output = reader.OfASubset(names, output, flags);
        var read = reader.ReadAll(names, purpose, mustPush: purpose == Purpose.Push && !output.DryRun);
        job = problems.Count == 0 ? read : null;
        return files is null || job is not null ? problems : InOrder(problems);
    }

    /// <summary>In the order of the files, each from its beginning to its end; then flags and variables.</summary>
    public static List<Problem> InOrder(List<Problem> problems)
    {
        List<string> names =
        [
            .. problems.Where(problem => problem.Location is not null).Select(problem => problem.Location!.File).Distinct(),
        ];
        return
        [
            .. problems
                .OrderBy(problem => problem.Location is null ? names.Count : names.IndexOf(problem.Location.File))
                .ThenBy(problem => problem.Location?.Line)
                .ThenBy(problem => problem.Location?.Column),
        ];
    }

    JobOptions? ReadAll(IReadOnlyList<Setting> names, Purpose purpose, bool mustPush)
    {
        var overrides = new TargetSettings
        {
            Timeout = Duration("timeout"),
            Labels = LabelText.Read(settings.All("label"), problems),
            Limits = LimitText.Read(settings.All("max-age"), problems),
        };
        var deadline = Duration("deadline") ?? files?.Deadline ?? DefaultDeadline;
        var interval = Duration("interval") ?? files?.Interval;
        var splay = Duration("splay", mayBeZero: true) ?? files?.Splay ?? TimeSpan.Zero;
        var concurrency = Concurrency();
        var gateways =
            mustPush || purpose == Purpose.Check ? new GatewayReader(settings, environment, problems).Read(files, isNeeded: mustPush) : [];
        var withoutLegacyNames =
            settings.One("legacy-names") is null && files?.LegacyNames is { } said
                ? !said
                : OutputOptions.Choice(settings, "legacy-names", "true", "false", problems);
        var shardSetting = purpose == Purpose.Push && names.Count == 0 ? ShardText.Setting(settings, files, problems) : null;
        var shard = shardSetting is null ? null : ShardText.Read(shardSetting, environment, problems);

        var fleet = IsFleet ? new ConfiguredTargets(files!, overrides) : null;
        var targets = fleet is null ? Single(overrides, names, shardSetting, purpose) : Many(fleet, names, shard);
        var group = Group(overrides, fleet is null ? targets : null, shard);
        if (group is null || targets is null)
            return null;
        return new()
        {
            Targets = targets,
            NotProbedHere = fleet?.NotProbedHere ?? [],
            Gateways = gateways,
            Group = group,
            Shard = shard,
            Concurrency = concurrency,
            Splay = splay,
            Deadline = deadline,
            Interval = interval,
            Warnings = _warnings,
            LegacyNames = !withoutLegacyNames,
        };
    }

    /// <summary>A part of the targets is not pushed to the group of all: that would take the others from the gateway.</summary>
    OutputOptions OfASubset(IReadOnlyList<Setting> names, OutputOptions output, Flags flags)
    {
        if (output.DryRun || !IsFleet)
            return output;
        if (flags.Values("grouping") is null)
        {
            _warnings.Add(
                $"{names[0].Origin}: nothing is pushed, but printed: the group of a part would replace that of all targets; "
                    + "--grouping NAME=VALUE pushes it to a group of its own"
            );
            return output with { DryRun = true };
        }

        var whole = new Settings(Flags.None, environment);
        var (own, ownOfAll) = (GroupText.Own(settings, files, []), GroupText.Own(whole, files, []));
        var isSame = own.Count == ownOfAll.Count && GroupText.Job(settings, files).Value == GroupText.Job(whole, files).Value;
        foreach (var label in own)
            isSame &= LabelText.Find(ownOfAll, label.Name)?.Value == label.Value;
        if (isSame || LabelText.Find(own, "shard") is not null)
            problems.Add(
                new(
                    ProblemOrigin.Flag,
                    "--grouping: must be another group than that of all targets (or of a shard of them), "
                        + $"which a push of {names[0].Origin} would replace"
                )
            );
        return output;
    }

    List<MonitoredTarget> Many(ConfiguredTargets fleet, IReadOnlyList<Setting> names, Shard? shard)
    {
        ConfiguredTargets.RefuseFlagsAboutOne(settings, problems);
        if (names.Count > 0)
            fleet.Choose(names, problems);
        else
            fleet.Choose(shard);
        return fleet.Resolve(new TargetConnections(environment, problems));
    }

    /// <summary>
    /// The one target of flags, variables and libpq's environment, the file's defaults below them; null where there is a problem.
    /// </summary>
    List<MonitoredTarget>? Single(TargetSettings overrides, IReadOnlyList<Setting> names, Setting? shard, Purpose purpose)
    {
        // Of a file that is wrong nobody knows what it was to say.
        var isWhole = files is not { IsWhole: false };
        if (settings.One("connection") is null && (!isWhole || files?.WithoutTargets is not null))
        {
            if (isWhole)
                problems.Add(files!.WithoutTargets!);
            return null;
        }

        if (isWhole && names.Count > 0)
            problems.Add(names[0].CreateProblem(NeedsFile));
        if (isWhole && shard is not null)
            problems.Add(shard.CreateProblem(NeedsFile));

        var defaults = files?.Defaults;
        var own = defaults is null ? overrides : overrides.Over(defaults);
        var isSaid =
            defaults?.Sources is null
            || settings.All("source").Count
                + settings.All("query").Count
                + settings.All("server").Count
                + settings.All("receiver").Count
                + settings.All("without").Count
                > 0;
        if (isSaid)
            own = own with { Sources = SourceText.Read(settings, problems) };
        var failure = (ProbeFailure?)null;
        var password = own.Password is null ? null : Secret(own.Password, out failure);
        var connection = ConnectionSetting.Read(settings, environment, problems, own.Keywords, password);
        var instance = ConfiguredTargets.InstanceOf(InstanceName(connection, purpose), own);
        if (connection is null)
            return null;
        return
        [
            new(
                failure is null ? new Target(instance.Name, connection, own.Timeout ?? ConfiguredTargets.DefaultTimeout) : null,
                instance,
                own.Sources!.Settings
            )
            {
                Unusable = failure,
            },
        ];
    }

    string? Secret(SecretSource source, out ProbeFailure? failure)
    {
        var secret = source.Read(environment, out var fault);
        failure = secret is null ? TargetConnections.NoSecret(fault) : null;
        return secret;
    }

    GroupingKey? Group(TargetSettings overrides, List<MonitoredTarget>? single, Shard? shard)
    {
        var own = GroupText.Own(settings, files, problems);
        var group = GroupText.Read(
            GroupText.Job(settings, files),
            IsFleet ? null
                : single is null ? ""
                : single[0].Instance.Name,
            shard,
            own,
            problems
        );
        if (group is null)
            return null;
        var told = new HashSet<TargetLabel>();
        GroupText.RefuseClashes(group, overrides.Labels, told, problems);
        if (files is null)
            return group;
        GroupText.RefuseClashes(group, files.Defaults.Labels, told, problems);
        foreach (var target in files.Targets)
            GroupText.RefuseClashes(group, target.Settings.Labels, told, problems);
        return group;
    }

    TimeSpan? Duration(string name, bool mayBeZero = false) => DurationText.Read(settings.One(name), problems, mayBeZero);

    int Concurrency()
    {
        if (settings.One("concurrency") is { } setting)
            return RunLimits.Number(setting, 1, RunLimits.MaxConcurrency, problems) ?? 1;
        return files?.Concurrency ?? RunLimits.DefaultConcurrency(Environment.ProcessorCount);
    }

    string InstanceName(ConnectionSettings? connection, Purpose purpose)
    {
        if (settings.One("instance") is { } setting)
        {
            if (setting.Value.Trim().Length == 0 || !LabelText.IsWellFormed(setting.Value))
                problems.Add(setting.Wrong("a name without control characters"));
            else if (Redaction.MayHoldPassword(setting.Value))
                problems.Add(setting.CreateProblem("must be a name, and no connection"));
            return setting.Value;
        }

        if (connection is null)
            return "";
        if (purpose != Purpose.Show && connection.HasLocalHost && InstanceNames.IsFleeting(Environment.MachineName, environment))
            problems.Add(
                new(
                    ProblemOrigin.Flag,
                    "--instance is missing: the connection leads to this host, whose name is another one in the next pod or "
                        + "container, so each would leave a group of its own at the gateway; "
                        + $"give the database a name that stays (or {Settings.Variable("instance")})"
                )
            );
        return InstanceNames.For(connection, Environment.MachineName);
    }
}
