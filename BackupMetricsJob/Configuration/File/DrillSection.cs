namespace BackupMetricsJob.Configuration.File;

/// <summary>Reads drill: how `backup-metrics drill` restores a target's newest backup, or none.</summary>
internal static class DrillSection
{
    const string Command = "a shell line";

    /// <summary>Null if it is not set, or invalid.</summary>
    public static TargetDrill? Read(MappingReader target)
    {
        if (target["drill"] is YamlScalar { Text: "none" })
            return TargetDrill.None;
        if (
            target["drill"] is not { } node
            || MappingReader.Create(
                node,
                target.Path["drill"],
                Keys.Drill,
                target.Folder,
                target.Problems,
                "none, or a map with keys from " + string.Join(", ", Keys.Drill)
            )
                is not { } fields
        )
            return null;
        return new()
        {
            Tool = Tool(fields),
            Stanza = fields.Setting("stanza", "a name"),
            ToolConfig = fields.File("tool_config"),
            Directories = Directories(fields),
            Archive = Archive(fields),
            Dump = fields.File("dump"),
            RestoreCommand = fields.Setting("restore_command", Command),
            Snapshot = fields.Boolean("snapshot") is null ? null : fields.Setting("snapshot", ""),
            BinDirectory = fields.File("bin_dir"),
            QueryFile = fields.File("query_file"),
            Database = fields.Setting("database", "a name"),
            Superuser = fields.Setting("superuser", "a name"),
            Preload = fields.Setting("preload", "names of libraries"),
            Amcheck = fields.Boolean("amcheck"),
            Timeout = fields.Duration("timeout"),
        };
    }

    static Setting? Tool(MappingReader fields)
    {
        var allowed = "one of " + string.Join(", ", TargetDrill.Tools);
        if (fields.Setting("tool", allowed) is not { } tool)
            return null;
        if (TargetDrill.Tools.Contains(tool.Value))
            return tool;
        fields.Problems.AddInvalidValue(fields["tool"]!, fields.Path["tool"], allowed);
        return null;
    }

    /// <summary>A directory is relative to that of the configuration file; a command is used unchanged.</summary>
    static Setting? Archive(MappingReader fields)
    {
        var archive = fields.Setting("archive", "a directory, or a restore_command with %f and %p");
        return archive is null || archive.Value.Contains("%f", StringComparison.Ordinal)
            ? archive
            : archive with
            {
                Value = Path.Combine(fields.Folder, archive.Value),
            };
    }

    static List<Setting> Directories(MappingReader fields)
    {
        const string Allowed = "a directory made by pg_basebackup, or a list of them";
        if (fields["directory"] is not { } node)
            return [];
        var path = fields.Path["directory"];
        IReadOnlyList<YamlNode> items = node is YamlSequence { Items: { Count: > 0 } list } ? list : [node];
        var directories = new List<Setting>(items.Count);
        foreach (var item in items)
        {
            if (item is YamlScalar { IsNull: false, Text.Length: > 0 } scalar)
                directories.Add(
                    new(path.ToString(), ProblemOrigin.Configuration, Path.Combine(fields.Folder, scalar.Text)) { Location = item.Location }
                );
            else
                fields.Problems.AddInvalidValue(item, path, Allowed);
        }

        return directories;
    }
}
