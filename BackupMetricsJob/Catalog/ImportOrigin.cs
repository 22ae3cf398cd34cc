using System.Text.RegularExpressions;

namespace BackupMetricsJob.Catalog;

/// <summary>Where an import runs, and which server its list should be about: what is known even if the input is unusable.</summary>
/// <param name="Host">The host, by a name that stays the same for the next import.</param>
/// <param name="Server">The server that the user named; null to take the servers from the output.</param>
internal sealed partial record ImportOrigin(string Host, string? Server)
{
    public static ImportOrigin Here(string? server = null) => new(StableName(Environment.MachineName), server);

    /// <summary>Removes the suffix of a pod's name that changes with each run of its CronJob.</summary>
    public static string StableName(string machine) => Pod().Replace(machine, "");

    [GeneratedRegex("-[0-9]{8,}-[a-z0-9]{5}$")]
    private static partial Regex Pod();
}
