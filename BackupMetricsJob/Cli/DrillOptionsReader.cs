using BackupMetricsJob.Configuration;
using BackupMetricsJob.Drill;

namespace BackupMetricsJob.Cli;

/// <summary>
/// Reads the options of one drill from its flags, or from its block in a file. A missing option is a problem of the settings. A file named
/// by an option may vanish one night, so only the drill checks for it; its failure is then recorded and published.
/// </summary>
/// <param name="server">The instance that is drilled.</param>
/// <param name="settings">The settings.</param>
/// <param name="place">The target with the block in a file; null for flags.</param>
internal sealed class DrillOptionsReader(string server, TargetDrill settings, FileTarget? place, List<Problem> problems)
{
    /// <summary>The tool; null, and a problem, if it is missing or unknown.</summary>
    public static DrillTool? ReadTool(TargetDrill settings, FileTarget? place, List<Problem> problems)
    {
        var names = string.Join(", ", DrillTools.Names);
        if (settings.Tool is not { } setting)
            problems.Add(Missing("tool", "what made the backup: " + names, place));
        else if (DrillTools.Parse(setting.Value) is { } tool)
            return tool;
        else
            problems.Add(setting.InvalidValue("one of " + names));
        return null;
    }

    /// <param name="workDirectory">The directory in which the drill creates its folder.</param>
    /// <param name="timeout">The time limit for all drills together.</param>
    /// <param name="keep">Whether to keep what was restored.</param>
    public DrillOptions Read(DrillTool tool, Setting? workDirectory, TimeSpan timeout, bool keep)
    {
        var stanza = settings.Stanza?.Value ?? (place is null ? null : server);
        CheckNeeds(tool);
        return new(server, tool)
        {
            Stanza = stanza,
            ToolConfig = settings.ToolConfig?.Value,
            Directories = [.. settings.Directories.Select(one => one.Value)],
            Archive = settings.Archive?.Value,
            Dump = settings.Dump?.Value,
            RestoreCommand = settings.RestoreCommand?.Value,
            IsSnapshot = "true".Equals(settings.Snapshot?.Value, StringComparison.OrdinalIgnoreCase),
            WorkDirectory = workDirectory?.Value ?? Path.GetTempPath(),
            BinDirectory = settings.BinDirectory?.Value,
            QueryFile = settings.QueryFile?.Value,
            Database = settings.Database?.Value ?? "postgres",
            Superuser = settings.Superuser?.Value ?? "postgres",
            Preload = settings.Preload?.Value ?? "",
            Amcheck = settings.Amcheck ?? false,
            Timeout = settings.Timeout is { } own && own < timeout ? own : timeout,
            Keep = keep,
        };
    }

    /// <summary>Reports options that the tool requires and that are missing, and options that only another tool uses.</summary>
    void CheckNeeds(DrillTool tool)
    {
        (string Name, IReadOnlyList<Setting> Given)[] all =
        [
            ("directory", settings.Directories),
            ("stanza", One(settings.Stanza)),
            ("dump", One(settings.Dump)),
            ("restore-command", One(settings.RestoreCommand)),
            ("archive", One(settings.Archive)),
            ("snapshot", One(settings.Snapshot)),
            ("tool-config", One(settings.ToolConfig)),
        ];
        var needed = tool switch
        {
            DrillTool.BaseBackup => "directory",
            DrillTool.PgBackRest or DrillTool.Barman => "stanza",
            DrillTool.Dump => "dump",
            DrillTool.Command => "restore-command",
            _ => null,
        };
        // In a file, the stanza defaults to the target's name.
        if (needed is not null && (needed != "stanza" || place is null) && all.First(one => one.Name == needed).Given.Count == 0)
            problems.Add(Missing(needed, (place is null ? "--tool " : "tool ") + $"{tool.Name()} needs it", place));
        string?[] allowed =
        [
            needed,
            tool is DrillTool.BaseBackup or DrillTool.Command ? "archive" : null,
            tool is DrillTool.Command ? "snapshot" : null,
            tool is DrillTool.PgBackRest or DrillTool.Barman or DrillTool.WalG ? "tool-config" : null,
        ];
        foreach (var (name, given) in all)
        {
            if (!allowed.Contains(name) && given is [var setting, ..])
                problems.Add(setting.CreateProblem($"is not for {(place is null ? "--tool " : "tool ")}{tool.Name()}"));
        }
    }

    /// <summary>The problem of a missing flag, or of a missing key in a target's block.</summary>
    public static Problem Missing(string name, string what, FileTarget? place) =>
        place is null
            ? new(ProblemOrigin.Flag, $"--{name} is missing: {what} (or {GivenSettings.Variable(name)})")
            : new(ProblemOrigin.Configuration, $"{place.Path}.drill: {name.Replace('-', '_')} is missing: {what}")
            {
                Location = place.Location,
            };

    static IReadOnlyList<Setting> One(Setting? setting) => setting is null ? [] : [setting];
}
