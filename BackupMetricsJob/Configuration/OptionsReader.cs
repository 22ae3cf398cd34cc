using BackupMetricsJob.Backups;
using BackupMetricsJob.Postgres;
using BackupMetricsJob.Pushgateway;

namespace BackupMetricsJob.Configuration;

/// <summary>What a command needs the options for.</summary>
internal enum Purpose
{
    /// <summary>To push: needs a gateway, unless it is a dry run, and obeys shards.</summary>
    Push,

    /// <summary>To show the targets: ignores gateways and shards.</summary>
    Show,

    /// <summary>To check everything that a push needs: all configured gateways, and the targets of every shard.</summary>
    Check,
}

/// <summary>
/// Merges flags, environment and files, in this order of precedence, into one <see cref="JobOptions"/>, or returns all problems at once.
/// Files and secrets are read at every call.
/// </summary>
internal sealed class OptionsReader(
    GivenSettings settings,
    IReadOnlyDictionary<string, string> environment,
    FileSettings? files,
    List<Problem> problems
)
{
    const string NeedsFile = "needs targets from a file: set --config or --config-dir";

    readonly List<string> _warnings = [];
    ImportTarget? _import;

    bool HasFileTargets => files is { Targets.Count: > 0 };

    /// <param name="job">Null if there is a problem.</param>
    /// <param name="output">Set even then, so that the problems can be reported.</param>
    public static IReadOnlyList<Problem> Read(
        GivenFlags flags,
        IReadOnlyDictionary<string, string> environment,
        Purpose purpose,
        out JobOptions? job,
        out OutputOptions output
    ) => Read(flags, environment, purpose, out job, out output, out _);

    /// <param name="files">What the files contain; null if there are none.</param>
    public static IReadOnlyList<Problem> Read(
        GivenFlags flags,
        IReadOnlyDictionary<string, string> environment,
        Purpose purpose,
        out JobOptions? job,
        out OutputOptions output,
        out FileSettings? files
    )
    {
        var settings = new GivenSettings(flags, environment);
        var problems = new List<Problem>();
        var (file, directory) = (settings.One(JobSettings.Config), settings.One(JobSettings.ConfigDir));
        files = file is null && directory is null ? null : File.FileReader.Read(file, directory, problems);
        var reader = new OptionsReader(settings, environment, files, problems);
        output = OutputOptions.Read(settings, files, problems, mayFailOnFinding: purpose == Purpose.Show);
        var names = settings.All(JobSettings.Target);
        if (purpose == Purpose.Push && names.Count > 0)
            output = reader.ForSubset(names, output, flags);
        var read = reader.ReadAll(names, purpose, mustPush: purpose == Purpose.Push && !output.DryRun);
        job = problems.Count == 0 ? read : null;
        return files is null || job is not null ? problems : SortByLocation(problems);
    }

    /// <summary>File by file from top to bottom, then flags and variables.</summary>
    public static List<Problem> SortByLocation(List<Problem> problems)
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
            Timeout = JobSettings.Timeout.Read(settings, problems),
            Labels = LabelParser.Read(settings.All(JobSettings.Label), problems),
            Limits = LimitParser.Read(settings.All(JobSettings.MaxAge), problems),
            Copies = JobSettings.Copies.Read(settings, problems),
            Window = WindowParser.Read(settings.All(JobSettings.Window), problems),
        };
        var deadline = JobSettings.Deadline.Read(settings, problems) ?? files?.Deadline ?? JobDefaults.Deadline;
        var interval = JobSettings.Interval.Read(settings, problems) ?? files?.Interval;
        var splay = JobSettings.Splay.Read(settings, problems) ?? files?.Splay ?? TimeSpan.Zero;
        var concurrency = ReadConcurrency();
        var delivers = mustPush || purpose == Purpose.Check;
        var subset = HasFileTargets && names.Count > 0 ? names[0] : null;
        var textfile = delivers ? TextfileReader.Find(settings, files, subset, _warnings) : null;
        var gateways = delivers
            ? new GatewayReader(settings, environment, problems).Read(files, isNeeded: mustPush && textfile is null)
            : [];
        var withoutLegacyNames =
            settings.One(JobSettings.LegacyNames) is null && files?.LegacyNames is { } fromFile
                ? !fromFile
                : JobSettings.LegacyNames.IsNotDefault(settings, problems);
        var shardSetting = purpose == Purpose.Push && names.Count == 0 ? ShardReader.FindSetting(settings, files, problems) : null;
        var shard = shardSetting is null ? null : ShardReader.Read(shardSetting, environment, problems);

        var heartbeat = delivers ? new HeartbeatReader(settings, environment, problems).Read(files) : null;
        if (textfile is not null)
            TextfileReader.Check(textfile, shardSetting, problems);

        var fleet = HasFileTargets ? new ConfiguredTargets(files!, overrides) : null;
        var targets = fleet is null ? ReadSingleTarget(overrides, names, shardSetting, purpose) : ReadFileTargets(fleet, names, shard);
        var group = ReadGroup(overrides, fleet is null ? targets : null, shard);
        if (group is null || targets is null)
            return null;
        return new()
        {
            Targets = targets,
            Import = _import,
            OtherInstances = fleet?.OtherInstances ?? [],
            Gateways = gateways,
            Textfile = textfile?.Value,
            Heartbeat = heartbeat,
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

    /// <summary>A subset is not pushed to the group of all targets, because that would remove the others from the gateway.</summary>
    OutputOptions ForSubset(IReadOnlyList<Setting> names, OutputOptions output, GivenFlags flags)
    {
        if (output.DryRun || !HasFileTargets)
            return output;
        if (flags.Values(JobSettings.Grouping.Name) is null)
        {
            if (flags.Values(JobSettings.Textfile.Name) is not null)
                problems.Add(TextfileReader.NeedsGroup(names[0]));
            var isWritten = files!.Textfile is not null || settings.One(JobSettings.Textfile) is not null;
            _warnings.Add(
                $"{names[0].Name}: the metrics are printed, not {(isWritten ? "pushed or written" : "pushed")}, "
                    + "because a push would replace the group of all targets. "
                    + $"Set --grouping NAME=VALUE to push them to a group of their own{(isWritten ? ", and --textfile FILE, too" : "")}"
            );
            return output with { DryRun = true };
        }

        var whole = new GivenSettings(GivenFlags.None, environment);
        var (own, ownOfAll) = (GroupReader.ReadExtraLabels(settings, files, []), GroupReader.ReadExtraLabels(whole, files, []));
        var isSame = own.Count == ownOfAll.Count && GroupReader.Job(settings, files).Value == GroupReader.Job(whole, files).Value;
        foreach (var label in own)
            isSame &= LabelParser.Find(ownOfAll, label.Name)?.Value == label.Value;
        if (isSame || LabelParser.Find(own, "shard") is not null)
            problems.Add(
                new(
                    ProblemOrigin.Flag,
                    "--grouping: must name a group other than that of all targets or of a shard, "
                        + $"which a push with {names[0].Name} would replace"
                )
            );
        return output;
    }

    List<MonitoredTarget> ReadFileTargets(ConfiguredTargets fleet, IReadOnlyList<Setting> names, Shard? shard)
    {
        ConfiguredTargets.RejectSingleTargetSettings(settings, problems);
        if (names.Count > 0)
            fleet.Select(names, problems);
        else
            fleet.Select(shard);
        return fleet.Resolve(new TargetConnections(environment, problems));
    }

    /// <summary>
    /// The target of flags, variables and libpq's environment, with the defaults of the file; null if there is a problem.
    /// </summary>
    List<MonitoredTarget>? ReadSingleTarget(TargetSettings overrides, IReadOnlyList<Setting> names, Setting? shard, Purpose purpose)
    {
        // What an invalid file was meant to contain is unknown, so nothing is reported as missing from it.
        var areFilesValid = files is not { IsValid: false };
        if (settings.One(JobSettings.Connection) is null && (!areFilesValid || files?.NoTargetsProblem is not null))
        {
            if (areFilesValid)
                problems.Add(files!.NoTargetsProblem!);
            return null;
        }

        if (areFilesValid && names.Count > 0)
            problems.Add(names[0].CreateProblem(NeedsFile));
        if (areFilesValid && shard is not null)
            problems.Add(shard.CreateProblem(NeedsFile));

        var defaults = files?.Defaults;
        var own = defaults is null ? overrides : overrides.WithDefaults(defaults);
        var overridesSources =
            defaults?.Sources is null
            || settings.All(JobSettings.Source).Count
                + settings.All(JobSettings.Query).Count
                + settings.All(JobSettings.Server).Count
                + settings.All(JobSettings.Receiver).Count
                + settings.All(JobSettings.Without).Count
                > 0;
        if (overridesSources)
            own = own with { Sources = SourceSelection.Read(settings, problems) };
        else if (CatalogTargets.Find(settings) is not null)
            own = own with { Sources = own.Sources!.With(SourceName.Catalog) };
        var failure = (ProbeFailure?)null;
        var password = own.Password is null ? null : ReadSecret(own.Password, out failure);
        var connection = ConnectionSetting.Read(settings, environment, problems, own.Keywords, password);
        var instance = ConfiguredTargets.CreateInstance(InstanceName(connection, purpose), own);
        if (connection is null)
            return null;
        var single = new MonitoredTarget(
            failure is null ? new Target(instance.Name, connection, own.Timeout ?? JobDefaults.Timeout) : null,
            instance,
            own.Sources!.Settings
        )
        {
            Failure = failure,
        };
        return CatalogTargets.Read(single, connection, settings, environment, problems, out _import);
    }

    string? ReadSecret(SecretSource source, out ProbeFailure? failure)
    {
        var secret = source.Read(environment, out var fault);
        failure = secret is null ? TargetConnections.SecretUnavailable(fault) : null;
        return secret;
    }

    GroupingKey? ReadGroup(TargetSettings overrides, List<MonitoredTarget>? single, Shard? shard)
    {
        var own = GroupReader.ReadExtraLabels(settings, files, problems);
        var group = GroupReader.Read(
            GroupReader.Job(settings, files),
            HasFileTargets ? null
                : single is null or [] ? ""
                : single[0].Instance.Name,
            shard,
            own,
            problems
        );
        if (group is null)
            return null;
        var reported = new HashSet<TargetLabel>();
        GroupReader.RejectConflicts(group, overrides.Labels, reported, problems);
        if (files is null)
            return group;
        GroupReader.RejectConflicts(group, files.Defaults.Labels, reported, problems);
        foreach (var target in files.Targets)
            GroupReader.RejectConflicts(group, target.Settings.Labels, reported, problems);
        return group;
    }

    int ReadConcurrency()
    {
        if (settings.One(JobSettings.Concurrency) is not null)
            return JobSettings.Concurrency.Read(settings, problems) ?? 1;
        return files?.Concurrency ?? JobDefaults.Concurrency(Environment.ProcessorCount);
    }

    string InstanceName(ConnectionSettings? connection, Purpose purpose)
    {
        if (settings.One(JobSettings.Instance) is { } setting)
        {
            if (setting.Value.Trim().Length == 0 || !LabelParser.IsWellFormed(setting.Value))
                problems.Add(setting.InvalidValue("a name without control characters"));
            else if (Redaction.MayHoldPassword(setting.Value))
                problems.Add(setting.CreateProblem("must be a name, not a connection string"));
            return setting.Value;
        }

        if (connection is null)
            return "";
        if (purpose != Purpose.Show && connection.HasLocalHost && InstanceNames.IsEphemeral(Environment.MachineName, environment))
            problems.Add(
                new(
                    ProblemOrigin.Flag,
                    "--instance is missing: the database is on this host, whose name changes with every pod or container, "
                        + "so every run would leave another group at the gateway. "
                        + $"Set a fixed name with --instance or {GivenSettings.Variable(JobSettings.Instance.Name)}"
                )
            );
        return InstanceNames.For(connection, Environment.MachineName);
    }
}
