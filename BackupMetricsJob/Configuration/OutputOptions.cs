namespace BackupMetricsJob.Configuration;

/// <summary>How the report of a run is written.</summary>
internal enum LogFormat
{
    Text,
    Json,
}

/// <summary>How a run tells what it did.</summary>
/// <param name="FailOnTarget">Whether a target that could not be probed makes the exit code 69.</param>
/// <param name="DryRun">Whether what would be pushed is printed instead.</param>
internal sealed record OutputOptions(LogFormat LogFormat, bool FailOnTarget, bool DryRun)
{
    public static OutputOptions Read(Settings settings, FileSettings? files, ICollection<Problem> problems)
    {
        // Only its spelling is judged here: Program, where bugs end, looks at it itself.
        ReadChoice(settings, "verbose", "false", "true", problems);
        return new(
            ReadChoice(settings, "log-format", "text", "json", problems) ? LogFormat.Json : LogFormat.Text,
            settings.One("fail-on") is null ? files?.FailOnTarget ?? true : !ReadChoice(settings, "fail-on", "any", "never", problems),
            ReadChoice(settings, "dry-run", "false", "true", problems)
        );
    }

    /// <summary>Whether a setting has its second value and not its first, which is the default.</summary>
    public static bool ReadChoice(Settings settings, string name, string first, string second, ICollection<Problem> problems)
    {
        if (settings.One(name) is not { } setting || setting.Value == first)
            return false;
        if (setting.Value != second)
            problems.Add(setting.InvalidValue($"{first} or {second}"));
        return true;
    }
}
