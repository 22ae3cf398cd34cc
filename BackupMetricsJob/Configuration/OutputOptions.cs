using BackupMetricsJob.Backups;

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
    /// <summary>Whether nothing is written to standard error if all is well.</summary>
    public bool Quiet { get; init; }

    /// <summary>The least severe finding that makes the exit code 1 or 2; null for none.</summary>
    public Severity? FailOnFinding { get; init; }

    /// <param name="mayFailOnFinding">Whether the exit code may depend on findings, as in `show`.</param>
    public static OutputOptions Read(GivenSettings settings, FileSettings? files, ICollection<Problem> problems, bool mayFailOnFinding)
    {
        // EntryPoint, which catches bugs, reads this setting itself. Here it is only checked.
        JobSettings.Verbose.Check(settings, problems);
        return new(
            JobSettings.LogFormat.IsNotDefault(settings, problems) ? LogFormat.Json : LogFormat.Text,
            settings.One(JobSettings.FailOn) is null ? files?.FailOnTarget ?? true
                : mayFailOnFinding ? JobSettings.FailOnFinding.Read(settings, problems) != "never"
                : !JobSettings.FailOn.IsNotDefault(settings, problems),
            JobSettings.DryRun.IsOn(settings, problems)
        )
        {
            Quiet = JobSettings.Quiet.IsOn(settings, problems),
            FailOnFinding = settings.One(JobSettings.FailOn)?.Value switch
            {
                "warning" => Severity.Warning,
                "critical" => Severity.Critical,
                _ => null,
            },
        };
    }
}
