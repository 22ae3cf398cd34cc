using BackupMetricsJob.Postgres;

namespace BackupMetricsJob.Configuration.File;

/// <summary>Reads the targets and the defaults of files. Names are unique across all files.</summary>
internal sealed class TargetSection(FileProblems problems)
{
    /// <summary>
    /// After this many targets, the memory that reading them used is freed. Otherwise it grows to several times the size of the result.
    /// </summary>
    const int GarbageInterval = 500;

    readonly Dictionary<string, SourceLocation> _names = new(StringComparer.Ordinal);
    readonly List<FileTarget> _targets = [];
    int _finished;

    public IReadOnlyList<FileTarget> Targets => _targets;

    /// <summary>The defaults of the file, completed by those of the main file.</summary>
    public TargetSettings ReadDefaults(MappingReader root, TargetSettings outer)
    {
        if (
            root["defaults"] is not { } node
            || MappingReader.Create(node, root.Path["defaults"], Keys.Defaults, root.Folder, problems) is not { } fields
        )
            return outer;
        var connection = ConnectionSection.Read(fields, problems);
        var own = ReadCommon(fields) with { Keywords = connection?.Keywords, Password = ReadPassword(fields, connection) };
        return own.WithDefaults(outer);
    }

    /// <summary>Adds a target of the file that is being read. The defaults of the file may not be known yet.</summary>
    public void Add(YamlNode item, int index, string folder)
    {
        if (MappingReader.Create(item, KeyPath.Root["targets"][index], Keys.Target, folder, problems, "a map with a name") is { } fields)
            ReadOne(fields);
        if (index % GarbageInterval == GarbageInterval - 1)
            GC.Collect(generation: 0);
    }

    /// <summary>Reads the remaining targets of the file, and completes all of them by the defaults.</summary>
    public void ApplyDefaults(MappingReader root, TargetSettings defaults)
    {
        ReadRest(root);
        for (; _finished < _targets.Count; _finished++)
        {
            var target = _targets[_finished];
            _targets[_finished] = target with { Settings = target.Settings.WithDefaults(defaults) };
        }
    }

    void ReadRest(MappingReader root)
    {
        if (root["targets"] is not { } node || node is YamlSequence { IsStreamed: true })
            return;
        if (node is not YamlSequence list)
        {
            problems.AddInvalidKind(node, root.Path["targets"], "a list of maps, each with a name");
            return;
        }

        for (var i = 0; i < list.Items.Count; i++)
            Add(list.Items[i], i, root.Folder);
    }

    void ReadOne(MappingReader fields)
    {
        fields.Require("name", "it becomes the label instance");
        var name = fields.Text("name", "a name without control characters");
        if (name is not null && (name.Trim().Length == 0 || !LabelParser.IsWellFormed(name)))
            problems.AddInvalidValue(fields["name"]!, fields.Path["name"], "a name without control characters");
        else if (name is not null && Redaction.MayHoldPassword(name))
            problems.AddInvalidValue(fields["name"]!, fields.Path["name"], "a name, not a connection string");
        else if (name is not null && name.Trim().Length < name.Length)
            problems.AddInvalidValue(fields["name"]!, fields.Path["name"], "a name without leading or trailing spaces");
        else if (name is not null && !_names.TryAdd(name, fields["name"]!.Location))
            problems.Add(
                fields["name"]!.Location,
                $"{fields.Path["name"]} {Redaction.Quoted(name)}: must be unique: the same name is at {_names[name]}"
            );

        var key = fields.AtMostOneOf("connection", "connection_file", "connection_env");
        var connection = key switch
        {
            null => null,
            "connection" => ConnectionSection.Read(fields, problems),
            _ => fields.Secret(key) is { } secret ? new FileConnection(fields[key]!.Location) { Secret = secret } : null,
        };
        var own = ReadCommon(fields);
        var password = ReadPassword(fields, connection);
        if (name is null)
            return;
        _targets.Add(
            new(name, fields.Path.ToString(), fields.Location, own)
            {
                Connection = connection,
                Password = password,
                IsInvalid = key is not null && connection is null,
            }
        );
    }

    TargetSettings ReadCommon(MappingReader fields) =>
        new()
        {
            Labels = LabelSection.Read(fields["labels"], fields.Path["labels"], problems),
            Limits = LimitSection.Read(fields),
            Sources = fields["sources"] is { } sources
                ? new SourceSection(fields.Folder, problems).Read(sources, fields.Path["sources"])
                : null,
            Timeout = fields.Duration("timeout"),
            Window = WindowSection.Read(fields),
            Copies = fields.Number("copies", 1, JobDefaults.MaxCopies)?.ParseNumber(),
            Drill = DrillSection.Read(fields),
        };

    SecretSource? ReadPassword(MappingReader fields, FileConnection? connection)
    {
        if (fields.AtMostOneOf("password_file", "password_env") is not { } key)
            return null;
        if (TargetSettings.HasPassword(connection?.Keywords))
            problems.Add(
                fields[key]!.Location,
                $"{fields.Path[key]}: not allowed, because the connection already has a password or a passfile"
            );
        return fields.Secret(key);
    }
}
