using BackupMetricsJob.Postgres;

namespace BackupMetricsJob.Configuration.File;

/// <summary>targets and defaults of one file. A name stands once in all files.</summary>
internal sealed class TargetSection(FileProblems problems)
{
    /// <summary>
    /// After so many targets what reading them left behind is given back: else it grows to several times of what is kept.
    /// </summary>
    const int GarbageInterval = 500;

    readonly Dictionary<string, SourceLocation> _names = new(StringComparer.Ordinal);
    readonly List<FileTarget> _targets = [];
    int _finished;

    public IReadOnlyList<FileTarget> Targets => _targets;

    /// <summary>What the file's defaults say, over those that are below them.</summary>
    public TargetSettings Defaults(Fields root, TargetSettings below)
    {
        if (
            root["defaults"] is not { } node
            || Fields.Create(node, root.Path["defaults"], Keys.Defaults, root.Folder, problems) is not { } fields
        )
            return below;
        var connection = ConnectionSection.Read(fields, problems);
        var own = Common(fields) with { Keywords = connection?.Keywords, Password = Password(fields, connection) };
        return own.Over(below);
    }

    /// <summary>One of the targets of the file that is being read; its defaults may still follow.</summary>
    public void Take(YamlNode item, int index, string folder)
    {
        if (Fields.Create(item, KeyPath.Root["targets"][index], Keys.Target, folder, problems, "a map with a name") is { } fields)
            ReadOne(fields);
        if (index % GarbageInterval == GarbageInterval - 1)
            GC.Collect(generation: 0);
    }

    /// <summary>The targets of the file that were not taken yet, and the defaults below all of them.</summary>
    public void Finish(Fields root, TargetSettings defaults)
    {
        ReadRest(root);
        for (; _finished < _targets.Count; _finished++)
        {
            var target = _targets[_finished];
            _targets[_finished] = target with { Settings = target.Settings.Over(defaults) };
        }
    }

    void ReadRest(Fields root)
    {
        if (root["targets"] is not { } node || node is YamlSequence { IsTaken: true })
            return;
        if (node is not YamlSequence list)
        {
            problems.WrongKind(node, root.Path["targets"], "a list of maps, each with a name");
            return;
        }

        for (var i = 0; i < list.Items.Count; i++)
            Take(list.Items[i], i, root.Folder);
    }

    void ReadOne(Fields fields)
    {
        fields.Require("name", "it is the label instance");
        var name = fields.Text("name", "a name without control characters");
        if (name is not null && (name.Trim().Length == 0 || !LabelText.IsWellFormed(name)))
            problems.Wrong(fields["name"]!, fields.Path["name"], "a name without control characters");
        else if (name is not null && Redaction.MayHoldPassword(name))
            problems.Wrong(fields["name"]!, fields.Path["name"], "a name, and no connection");
        else if (name is not null && name.Trim().Length < name.Length)
            problems.Wrong(fields["name"]!, fields.Path["name"], "a name without blanks at its ends");
        else if (name is not null && !_names.TryAdd(name, fields["name"]!.Location))
            problems.Add(
                fields["name"]!.Location,
                $"{fields.Path["name"]} {Redaction.Quoted(name)}: must be another name: the first of this one is at {_names[name]}"
            );

        var how = fields.OneOf("connection", "connection_file", "connection_env");
        var connection = how switch
        {
            null => null,
            "connection" => ConnectionSection.Read(fields, problems),
            _ => fields.Secret(how) is { } secret ? new FileConnection(fields[how]!.Location) { Secret = secret } : null,
        };
        var own = Common(fields);
        var password = Password(fields, connection);
        if (name is null)
            return;
        _targets.Add(
            new(name, fields.Path.ToString(), fields.Location, own)
            {
                Connection = connection,
                Password = password,
                IsBroken = how is not null && connection is null,
            }
        );
    }

    TargetSettings Common(Fields fields) =>
        new()
        {
            Labels = LabelSection.Read(fields["labels"], fields.Path["labels"], problems),
            Limits = LimitSection.Read(fields),
            Sources = fields["sources"] is { } sources
                ? new SourceSection(fields.Folder, problems).Read(sources, fields.Path["sources"])
                : null,
            Timeout = fields.Duration("timeout"),
        };

    SecretSource? Password(Fields fields, FileConnection? connection)
    {
        if (fields.OneOf("password_file", "password_env") is not { } key)
            return null;
        if (TargetSettings.HasPassword(connection?.Keywords))
            problems.Add(
                fields[key]!.Location,
                $"{fields.Path[key]}: must not be given: the connection has a password (or a passfile) of its own"
            );
        return fields.Secret(key);
    }
}
