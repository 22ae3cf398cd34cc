namespace BackupMetricsJob.Drill;

/// <summary>The tool that made the restored backup.</summary>
internal enum DrillTool
{
    BaseBackup,
    PgBackRest,
    Barman,
    WalG,
    Dump,
    Command,
}

/// <summary>The spelling of a <see cref="DrillTool"/>, as in the label tool.</summary>
internal static class DrillTools
{
    public static IReadOnlyList<string> Names { get; } = [.. Enum.GetValues<DrillTool>().Select(Name)];

    public static string Name(this DrillTool tool) =>
        tool switch
        {
            DrillTool.BaseBackup => "pg_basebackup",
            DrillTool.PgBackRest => "pgbackrest",
            DrillTool.Barman => "barman",
            DrillTool.WalG => "wal-g",
            DrillTool.Dump => "pg_dump",
            DrillTool.Command => "command",
            _ => throw new ArgumentOutOfRangeException(nameof(tool), tool, null),
        };

    /// <summary>Null if there is no such tool.</summary>
    public static DrillTool? Parse(string name)
    {
        foreach (var tool in Enum.GetValues<DrillTool>())
        {
            if (tool.Name() == name)
                return tool;
        }

        return null;
    }
}
