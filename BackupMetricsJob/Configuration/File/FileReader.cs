using BackupMetricsJob.Files;

namespace BackupMetricsJob.Configuration.File;

/// <summary>
/// Reads --config and --config-dir: the main file has every key, a file of the directory only defaults and targets, which one team may own.
/// </summary>
internal sealed class FileReader(ICollection<Problem> all, FileProblems problems)
{
    /// <summary>From so many targets on, the rest of what reading them left behind is given back before the run begins.</summary>
    const int GarbageInterval = 1000;

    readonly TargetSection _targets = new(problems);

    /// <param name="file">Names the main file; null for none.</param>
    /// <param name="directory">Names the directory; null for none.</param>
    /// <param name="problems">Gets everything that is wrong with all of the files.</param>
    public static FileSettings Read(Setting? file, Setting? directory, ICollection<Problem> problems)
    {
        var settings = new FileReader(problems, new(problems)).Read(file, directory);
        if (settings.Targets.Count >= GarbageInterval)
            GC.Collect();
        return settings;
    }

    FileSettings Read(Setting? file, Setting? directory)
    {
        var isWhole = true;
        var settings = new FileSettings();
        Fields? main = null;
        if (file is not null)
        {
            main = Open(file.Value, Keys.Root, why => Unreadable(file, why));
            isWhole = main is not null;
            if (main is not null)
                settings = Main(main);
        }

        if (directory is not null)
        {
            foreach (var part in PartsOf(directory, ref isWhole))
            {
                if (Open(part, Keys.Part, why => new(ProblemOrigin.Configuration, $"{part}: {why}") { IsOfFile = true }) is { } fields)
                    _targets.Finish(fields, _targets.Defaults(fields, settings.Defaults));
                else
                    isWhole = false;
            }
        }

        return settings with
        {
            IsWhole = isWhole && problems.IsEmpty,
            Targets = _targets.Targets,
            WithoutTargets = WithoutTargets(main, directory),
        };
    }

    FileSettings Main(Fields root)
    {
        var defaults = _targets.Defaults(root, TargetSettings.Nothing);
        _targets.Finish(root, defaults);
        return new()
        {
            Gateways = GatewaySection.Read(root),
            Job = Job(root),
            Interval = root.Duration("interval"),
            Deadline = root.Duration("deadline"),
            Splay = root.Duration("splay", mayBeZero: true),
            Concurrency = root.Number("concurrency", 1, RunLimits.MaxConcurrency) is { } number ? RunLimits.Number(number) : null,
            Shards = root.Number("shards", 1, RunLimits.MaxShards),
            Cron = root.Setting("cron", "a cron expression"),
            TimeZone = root.Setting("timezone", "the name of a time zone"),
            Grace = root.Duration("grace", mayBeZero: true) is null ? null : root.Setting("grace", ""),
            Listen = root.Setting("listen", "an address and a port, like 127.0.0.1:9351"),
            WebConfig = root.File("web_config"),
            LegacyNames = root.Boolean("legacy_names"),
            FailOnTarget = FailOnTarget(root),
            Grouping = LabelSection.Read(root["grouping"], root.Path["grouping"], problems),
            Defaults = defaults,
        };
    }

    string? Job(Fields root)
    {
        var job = root.Text("job", "a name");
        if (job is null || LabelText.IsWellFormed(job))
            return job;
        problems.Wrong(root["job"]!, root.Path["job"], "a name without control characters");
        return null;
    }

    bool? FailOnTarget(Fields root)
    {
        if (root["fail_on"] is not { } node)
            return null;
        if (node is YamlScalar { Text: "any" or "never" } scalar)
            return scalar.Text == "any";
        problems.Wrong(node, root.Path["fail_on"], "any or never");
        return null;
    }

    Fields? Open(string file, string[] keys, Func<string, Problem> unreadable)
    {
        var folder = FolderOf(file);
        return
            YamlText.Read(file, unreadable, all) is { } text
            && YamlTree.Read(file, text, all, "targets", (item, index) => _targets.Take(item, index, folder)) is { } root
            ? Fields.Create(root, KeyPath.Root, keys, folder, problems)
            : null;
    }

    /// <summary>In the order of their names. A mounted ConfigMap has hidden links and folders beside its files.</summary>
    List<string> PartsOf(Setting directory, ref bool isWhole)
    {
        var folder = BoundedFile.List(directory.Value);
        if (folder.Fault is { } fault)
        {
            problems.Add(Unreadable(directory, fault));
            isWhole = false;
        }

        return
        [
            .. folder
                .Names.Where(path => !Path.GetFileName(path).StartsWith('.') && Path.GetExtension(path) is ".yaml" or ".yml")
                .Order(StringComparer.Ordinal),
        ];
    }

    Problem? WithoutTargets(Fields? main, Setting? directory)
    {
        if (_targets.Targets.Count > 0)
            return null;
        if (directory is not null)
            return Unreadable(directory, "there is no target in its *.yaml and *.yml files, nor anywhere else");
        return main?["targets"] is { } list
            ? new(ProblemOrigin.Configuration, "targets: must not be empty") { Location = list.Location }
            : null;
    }

    static Problem Unreadable(Setting named, string why) =>
        new(ProblemOrigin.Configuration, $"{named.Origin} \"{named.Value}\": {why}") { IsOfFile = true };

    static string FolderOf(string file) => Path.GetDirectoryName(file) ?? "";
}
