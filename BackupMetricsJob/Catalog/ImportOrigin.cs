using System.Text.RegularExpressions;

namespace BackupMetricsJob.Catalog;

/// <summary>Where an import runs, and whose list it is meant to be: what is known of it when its input says nothing.</summary>
/// <param name="Host">The host, by a name that is the same at the next import.</param>
/// <param name="Server">Whose backups the user said they are; null if the output shall say so.</param>
internal sealed partial record ImportOrigin(string Host, string? Server)
{
    public static ImportOrigin Here(string? server = null) => new(StableName(Environment.MachineName), server);

    /// <summary>The name of a pod ends with what is new at each run of its CronJob.</summary>
    public static string StableName(string machine) => Pod().Replace(machine, "");

    [GeneratedRegex("-[0-9]{8,}-[a-z0-9]{5}$")]
    private static partial Regex Pod();
}
