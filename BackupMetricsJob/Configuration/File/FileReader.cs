using BackupMetricsJob.Files;

namespace BackupMetricsJob.Configuration.File;

/// <summary>
/// Reads --config and --config-dir. The main file may have every key; a file of the directory only has defaults and targets, so that a
/// team can own it.
/// </summary>
internal sealed class FileReader(ICollection<Problem> all, FileProblems problems)
{
    /// <summary>With at least this many targets, the memory that reading them used is freed before the run starts.</summary>
    const int MinTargetsToCollect = 1000;

    readonly TargetSection _targets = new(problems);

    /// <param name="file">The setting with the path of the main file.</param>
    /// <param name="directory">The setting with the path of the directory.</param>
    /// <param name="problems">Receives the problems of all files.</param>
    public static FileSettings Read(Setting? file, Setting? directory, ICollection<Problem> problems)
    {
        var settings = new FileReader(problems, new(problems)).Read(file, directory);
        if (settings.Targets.Count >= MinTargetsToCollect)
            GC.Collect();
        return settings;
    }

    FileSettings Read(Setting? file, Setting? directory)
    {
        var isValid = true;
        var settings = new FileSettings();
        MappingReader? main = null;
        if (file is not null)
        {
            main = Open(file.Value, Keys.Root, why => Unreadable(file, why));
            isValid = main is not null;
            if (main is not null)
                settings = ReadMain(main);
        }

        if (directory is not null)
        {
            foreach (var part in ListFiles(directory, ref isValid))
            {
                if (Open(part, Keys.Part, why => new(ProblemOrigin.Configuration, $"{part}: {why}") { IsInFile = true }) is { } fields)
                    _targets.ApplyDefaults(fields, _targets.ReadDefaults(fields, settings.Defaults));
                else
                    isValid = false;
            }
        }

        return settings with
        {
            IsValid = isValid && problems.IsEmpty,
            Targets = _targets.Targets,
            NoTargetsProblem = NoTargetsProblem(main, directory),
        };
    }

    FileSettings ReadMain(MappingReader root)
    {
        var defaults = _targets.ReadDefaults(root, TargetSettings.Empty);
        _targets.ApplyDefaults(root, defaults);
        return new()
        {
            Gateways = GatewaySection.Read(root),
            Textfile = Textfile(root),
            Heartbeat = HeartbeatSection.Read(root),
            Job = Job(root),
            Interval = root.Duration("interval"),
            Deadline = root.Duration("deadline"),
            Splay = root.Duration("splay", mayBeZero: true),
            Concurrency = root.Number("concurrency", 1, JobDefaults.MaxConcurrency)?.ParseNumber(),
            Shards = root.Number("shards", 1, JobDefaults.MaxShards),
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

    string? Job(MappingReader root)
    {
        var job = root.Text("job", "a name");
        if (job is null || LabelParser.IsWellFormed(job))
            return job;
        problems.AddInvalidValue(root["job"]!, root.Path["job"], "a name without control characters");
        return null;
    }

    Setting? Textfile(MappingReader root)
    {
        if (root.File("textfile") is not { } file || file.Value.EndsWith(TextfileReader.Ending, StringComparison.Ordinal))
            return root.File("textfile");
        problems.AddInvalidValue(root["textfile"]!, root.Path["textfile"], TextfileReader.Allowed);
        return null;
    }

    bool? FailOnTarget(MappingReader root)
    {
        if (root["fail_on"] is not { } node)
            return null;
        if (node is YamlScalar { Text: "any" or "never" } scalar)
            return scalar.Text == "any";
        problems.AddInvalidValue(node, root.Path["fail_on"], "any or never");
        return null;
    }

    MappingReader? Open(string file, string[] keys, Func<string, Problem> unreadable)
    {
        var folder = DirectoryOf(file);
        return
            YamlText.Read(file, unreadable, all) is { } text
            && YamlTree.Read(file, text, all, "targets", (item, index) => _targets.Add(item, index, folder)) is { } root
            ? MappingReader.Create(root, KeyPath.Root, keys, folder, problems)
            : null;
    }

    /// <summary>Sorted by name. Hidden files are skipped, because a mounted ConfigMap has hidden links beside its files.</summary>
    List<string> ListFiles(Setting directory, ref bool isValid)
    {
        var folder = LimitedFileReader.List(directory.Value);
        if (folder.Fault is { } fault)
        {
            problems.Add(Unreadable(directory, fault));
            isValid = false;
        }

        return
        [
            .. folder
                .Names.Where(path => !Path.GetFileName(path).StartsWith('.') && Path.GetExtension(path) is ".yaml" or ".yml")
                .Order(StringComparer.Ordinal),
        ];
    }

    Problem? NoTargetsProblem(MappingReader? main, Setting? directory)
    {
        if (_targets.Targets.Count > 0)
            return null;
        if (directory is not null)
            return Unreadable(directory, "no target found in its *.yaml and *.yml files, or in any other file");
        return main?["targets"] is { } list
            ? new(ProblemOrigin.Configuration, "targets: must not be empty") { Location = list.Location }
            : null;
    }

    static Problem Unreadable(Setting named, string why) =>
        new(ProblemOrigin.Configuration, $"{named.Name} \"{named.Value}\": {why}") { IsInFile = true };

    static string DirectoryOf(string file) => Path.GetDirectoryName(file) ?? "";
}
