namespace BackupMetricsJob.Configuration;

/// <summary>The format of the report of a run.</summary>
internal enum LogFormat
{
    Text,
    Json,
}

/// <summary>How a run reports its result.</summary>
/// <param name="FailOnTarget">Whether a target that could not be probed makes the exit code 69.</param>
/// <param name="DryRun">Whether the metrics are printed instead of pushed.</param>
internal sealed record OutputOptions(LogFormat LogFormat, bool FailOnTarget, bool DryRun)
{
    /// <summary>Whether nothing is written to standard error where all is well.</summary>
    public bool Quiet { get; init; }

    public static OutputOptions Read(Settings settings, FileSettings? files, ICollection<Problem> problems)
    {
        // EntryPoint, which catches bugs, reads this setting itself. Here it is only checked.
        ReadChoice(settings, "verbose", "false", "true", problems);
        return new(
            ReadChoice(settings, "log-format", "text", "json", problems) ? LogFormat.Json : LogFormat.Text,
            settings.One("fail-on") is null ? files?.FailOnTarget ?? true : !ReadChoice(settings, "fail-on", "any", "never", problems),
            ReadChoice(settings, "dry-run", "false", "true", problems)
        )
        {
            Quiet = ReadChoice(settings, "quiet", "false", "true", problems),
        };
    }

    /// <summary>Whether a setting has the second of its two values. The first is the default.</summary>
    public static bool ReadChoice(Settings settings, string name, string first, string second, ICollection<Problem> problems)
    {
        if (settings.One(name) is not { } setting || setting.Value == first)
            return false;
        if (setting.Value != second)
            problems.Add(setting.InvalidValue($"{first} or {second}"));
        return true;
    }
}
