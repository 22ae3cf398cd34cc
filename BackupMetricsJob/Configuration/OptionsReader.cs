using BackupMetricsJob.Backups;
using BackupMetricsJob.Pushgateway;
using BackupMetricsJob.Targets;

namespace BackupMetricsJob.Configuration;

/// <summary>Flags over environment into one <see cref="JobOptions"/>, or every problem at once. It reads no environment of its own.</summary>
internal sealed class OptionsReader
{
    static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(15);
    static readonly TimeSpan DefaultDeadline = TimeSpan.FromSeconds(60);

    readonly List<Problem> _problems = [];
    readonly Settings _settings;
    readonly IReadOnlyDictionary<string, string> _environment;

    OptionsReader(Settings settings, IReadOnlyDictionary<string, string> environment)
    {
        _settings = settings;
        _environment = environment;
    }

    /// <param name="mayPush">Whether a gateway is needed, unless it is a dry run.</param>
    /// <param name="job">Null if there is a problem.</param>
    /// <param name="output">How to tell it; there in any case, so that the problems can be told.</param>
    public static IReadOnlyList<Problem> Read(
        Flags flags, IReadOnlyDictionary<string, string> environment, bool mayPush, out JobOptions? job, out OutputOptions output)
    {
        var settings = new Settings(flags, environment);
        var reader = new OptionsReader(settings, environment);
        output = OutputOptions.Read(settings, reader._problems);
        var read = reader.ReadAll(mayPush && !output.DryRun);
        job = reader._problems.Count == 0 ? read : null;
        return reader._problems;
    }

    JobOptions? ReadAll(bool mustPush)
    {
        var timeout = Duration("timeout", DefaultTimeout);
        var deadline = Duration("deadline", DefaultDeadline);
        var interval = _settings.One("interval") is null ? (TimeSpan?)null : Duration("interval", default);
        var gateway = mustPush ? Gateway() : null;
        var connection = ConnectionSetting.Read(_settings, _environment, _problems);
        var sources = SourceText.Read(_settings, _problems);
        var instance = new Instance(InstanceName(connection), Labels("label"), LimitText.Read(_settings.All("max-age"), _problems), sources.Names);
        var group = Group(instance);
        var withoutLegacyNames = OutputOptions.Choice(_settings, "legacy-names", "true", "false", _problems);
        if (connection is null || group is null) return null;
        return new()
        {
            Targets = [new(new Target(instance.Name, connection, timeout), instance, sources.Settings)],
            Gateways = gateway is null ? [] : [new(gateway)],
            Group = group,
            Deadline = deadline,
            Interval = interval,
            LegacyNames = !withoutLegacyNames,
        };
    }

    TimeSpan Duration(string name, TimeSpan unless)
    {
        if (_settings.One(name) is not { } setting) return unless;
        if (DurationText.TryParse(setting.Value, out var duration) && duration > TimeSpan.Zero) return duration;
        _problems.Add(setting.Wrong("longer than zero, " + DurationText.Allowed));
        return unless;
    }

    GatewayAddress? Gateway()
    {
        if (_settings.One("gateway") is { } setting) return Said(setting, problems => GatewayAddress.TryParse(setting.Value, problems));
        _problems.Add(new(ProblemOrigin.Flag, $"--gateway is missing: the Pushgateway's URL, like http://pushgateway:9091 (or {Settings.Variable("gateway")}); --dry-run needs none"));
        return null;
    }

    string InstanceName(ConnectionSettings? connection)
    {
        if (_settings.One("instance") is not { } setting) return connection is null ? "" : InstanceNames.Of(connection, Environment.MachineName);
        if (setting.Value.Trim().Length == 0 || !LabelText.IsWellFormed(setting.Value)) _problems.Add(setting.Wrong("a name without control characters"));
        return setting.Value;
    }

    List<KeyValuePair<string, string>> Labels(string name)
    {
        var labels = new List<KeyValuePair<string, string>>();
        foreach (var setting in _settings.All(name))
        {
            if (LabelText.TryParse(setting, _problems) is not { } label) continue;
            if (Has(labels, label.Key)) _problems.Add(setting.Wrong($"another name: {label.Key} is given twice"));
            else labels.Add(label);
        }

        return labels;
    }

    /// <summary>job, then run, so that hosts with a job each do not erase one another, then the user's own.</summary>
    GroupingKey? Group(Instance instance)
    {
        var own = Labels("grouping");
        var labels = new List<GroupingLabel>();
        if (!Has(own, "run")) labels.Add(new("run", instance.Name));
        foreach (var (key, value) in own) labels.Add(new(key, value));
        foreach (var (key, _) in instance.Labels)
        {
            if (labels.Exists(label => label.Name == key)) _problems.Add(new(ProblemOrigin.Flag, $"label {key} is a label of the grouping key, too: the gateway would overwrite it"));
        }

        var job = _settings.One("job") ?? new("--job", ProblemOrigin.Flag, "backup_metrics");
        return Said(job, problems => GroupingKey.TryCreate(job.Value, labels, problems));
    }

    static bool Has(List<KeyValuePair<string, string>> labels, string name)
    {
        foreach (var label in labels)
        {
            if (label.Key == name) return true;
        }

        return false;
    }

    T? Said<T>(Setting setting, Func<List<string>, T?> read)
        where T : class
    {
        var said = new List<string>();
        var value = read(said);
        foreach (var problem in said) _problems.Add(setting.Says(problem));
        return value;
    }
}
