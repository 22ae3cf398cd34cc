using System.Globalization;
using System.Text.RegularExpressions;

namespace BackupMetricsJob.Drill;

/// <summary>
/// Compares the fetched files with the backup's manifest, with PostgreSQL's own pg_verifybackup. PostgreSQL starts even if a file is
/// missing, and nobody notices until somebody reads that table.
/// </summary>
internal sealed partial class ManifestCheck(DrillProgram program, PostgresPrograms programs)
{
    const int MaxNamed = 3;
    const string Program = "pg_verifybackup";

    /// <summary>Describes what was compared.</summary>
    /// <param name="manifests">The manifests; not empty.</param>
    /// <exception cref="DrillException">A file is missing, or differs.</exception>
    public async Task<string> RunAsync(IReadOnlyList<BackupManifest> manifests, CancellationToken cancellationToken)
    {
        if (programs.ProgramOrNull(Program) is not { } verify)
            return $"{BackupManifest.Name} not compared: there is no {Program} in {programs.Directory} (Debian: "
                + string.Create(CultureInfo.InvariantCulture, $"postgresql-client-{programs.Version})");
        var extra = new List<string>();
        foreach (var manifest in manifests)
        {
            // Replay reads the WAL anyway, from any location.
            string[] arguments =
            [
                "-n",
                "-m",
                manifest.File,
                .. manifest.Changed.SelectMany(name => (string[])["-i", name]),
                manifest.Directory,
            ];
            var result = await program.TryAsync(verify, arguments, cancellationToken);
            if (result.ExitCode == 0)
                continue;
            var faults = result
                .Errors.Split('\n')
                .Select(line => Fault().Match(line))
                .Where(match => match.Success)
                .Select(match => match.Groups[1].Value)
                .ToLookup(IsMore);
            var (more, wrong) = (faults[true].ToList(), faults[false].ToList());
            if (wrong.Count > 0 || more.Count == 0)
                throw Explain(result, wrong, manifests.Count > 1 ? $"{manifest.Of}: " : "");
            extra.AddRange(more);
        }

        var words = $"all files of {BackupManifest.Name}";
        return extra.Count == 0 ? words : $"{words}; {Named(extra)}";
    }

    DrillException Explain(ProgramResult result, List<string> wrong, string of) =>
        wrong.Count == 0 || wrong.Exists(DrillException.IsDenied)
            ? DrillException.OfProgram(Program, result.ExitCode, result.ErrorExcerpt)
            : new(program.Words.Redact($"the backup is not what its {BackupManifest.Name} says: {of}{Named(wrong)}"));

    static string Named(List<string> faults) =>
        PlainText.OnOneLine(string.Join(", ", faults.Take(MaxNamed)), 1000)
        + (faults.Count > MaxNamed ? string.Create(CultureInfo.InvariantCulture, $", and {faults.Count - MaxNamed} more") : "");

    // An extra file that somebody left there is no fault of the backup.
    static bool IsMore(string fault) => fault.EndsWith("but not in the manifest", StringComparison.Ordinal);

    [GeneratedRegex("^pg_verifybackup: (?:fatal|error): (.+)$")]
    private static partial Regex Fault();
}
