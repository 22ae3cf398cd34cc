namespace BackupMetricsJob.Configuration;

/// <summary>
/// What a drill of one target restores, and how: the block "drill" of a file, or the flags of `drill`. Null and empty lists mean not set.
/// The command that uses the values checks whether they are consistent.
/// </summary>
internal sealed record TargetDrill
{
    /// <summary>The value of the label <c>tool</c> for each tool that a drill supports.</summary>
    public static IReadOnlyList<string> Tools { get; } = ["pg_basebackup", "pgbackrest", "barman", "wal-g", "pg_dump", "command"];

    /// <summary>The settings of a target that is not drilled, whatever the defaults are.</summary>
    public static TargetDrill None { get; } = new() { IsNone = true };

    public bool IsNone { get; private init; }

    public Setting? Tool { get; init; }

    public Setting? Stanza { get; init; }

    public Setting? ToolConfig { get; init; }

    public IReadOnlyList<Setting> Directories { get; init; } = [];

    public Setting? Archive { get; init; }

    public Setting? Dump { get; init; }

    public Setting? RestoreCommand { get; init; }

    /// <summary>Known to be true or false.</summary>
    public Setting? Snapshot { get; init; }

    public Setting? BinDirectory { get; init; }

    public Setting? QueryFile { get; init; }

    public Setting? Database { get; init; }

    public Setting? Superuser { get; init; }

    public Setting? Preload { get; init; }

    public bool? Amcheck { get; init; }

    public TimeSpan? Timeout { get; init; }

    /// <summary>
    /// These settings, completed by defaults one by one. Defaults that locate one tool's backup do not apply to another tool.
    /// </summary>
    public TargetDrill WithDefaults(TargetDrill? defaults)
    {
        if (IsNone || defaults is null or { IsNone: true })
            return this;
        var place = Tool is null || Tool.Value == defaults.Tool?.Value ? defaults : new();
        return this with
        {
            Tool = Tool ?? defaults.Tool,
            Stanza = Stanza ?? place.Stanza,
            ToolConfig = ToolConfig ?? place.ToolConfig,
            Directories = Directories.Count > 0 ? Directories : place.Directories,
            Archive = Archive ?? place.Archive,
            Dump = Dump ?? place.Dump,
            RestoreCommand = RestoreCommand ?? place.RestoreCommand,
            Snapshot = Snapshot ?? place.Snapshot,
            BinDirectory = BinDirectory ?? defaults.BinDirectory,
            QueryFile = QueryFile ?? defaults.QueryFile,
            Database = Database ?? defaults.Database,
            Superuser = Superuser ?? defaults.Superuser,
            Preload = Preload ?? defaults.Preload,
            Amcheck = Amcheck ?? defaults.Amcheck,
            Timeout = Timeout ?? defaults.Timeout,
        };
    }
}
