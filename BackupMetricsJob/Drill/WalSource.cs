using System.Globalization;
using System.Text.RegularExpressions;
using BackupMetricsJob.Backups;

namespace BackupMetricsJob.Drill;

/// <summary>A WAL file that restore_command did not deliver.</summary>
/// <param name="Name">A segment, or a timeline history file.</param>
/// <param name="ExitCode">The exit code of restore_command in its shell.</param>
/// <param name="Words">What restore_command wrote to standard error.</param>
internal sealed record MissingWal(string Name, int ExitCode, string Words)
{
    public bool IsSegment => !Name.Contains('.', StringComparison.Ordinal);

    /// <summary>Whether the command reported success without creating the file.</summary>
    public bool IsLie => ExitCode == 0;

    /// <summary>Whether the shell did not find the command, or may not run it.</summary>
    public bool IsCommandMissing => ExitCode is 126 or 127;

    public override string ToString() =>
        IsLie
            ? $"{Name} (restore_command ended with 0, and brought no file)"
            : string.Create(CultureInfo.InvariantCulture, $"{Name} (restore_command ended with {ExitCode}")
                + (Words.Length > 0 ? $": {Words})" : ", without a word)");
}

/// <summary>
/// The restored server's source of WAL: the restore_command, and the files that it did not deliver. PostgreSQL takes any failure of it for
/// the end of the archive, and does not repeat its messages.
/// </summary>
internal sealed partial class WalSource(DrillFolder folder, ErrorExcerpt words)
{
    /// <summary>What is wrong with a restore_command that cannot be trusted.</summary>
    public const string Lie =
        "restore_command says yes and brings no file, so nothing is known of the archive (it must fail where it has none)";

    string Log => folder.File("missing-wal");

    string Asked => folder.File("asked-for");

    /// <summary>The file that the command is fetching now; null for none.</summary>
    public string? Fetching => File.Exists(Asked) && File.ReadAllText(Asked).Trim() is { Length: > 0 } name ? name : null;

    /// <summary>
    /// The command, extended to log each file that it did not deliver, whatever it reports. Its exit code and messages stay the same.
    /// </summary>
    public string Watched(string command)
    {
        var asked = ShellText.QuoteForCommand(Asked);
        var (errors, log) = (ShellText.QuoteForCommand(folder.File("wal-errors")), ShellText.QuoteForCommand(Log));
        // The command may end with a comment.
        return $"echo %f >{asked}; ({command}\n) 2>{errors}; code=$?; : >{asked}; cat {errors} >&2; "
            + $"{{ [ $code = 0 ] && [ -e \"%p\" ]; }} || {{ echo \"%f ended with $code\"; cat {errors}; }} >>{log}; exit $code";
    }

    /// <summary>The missing files, in the order of the requests.</summary>
    public IReadOnlyList<MissingWal> Missing()
    {
        if (!File.Exists(Log))
            return [];
        var missing = new List<(string Name, int ExitCode, List<string> Words)>();
        foreach (var line in File.ReadLines(Log))
        {
            if (Header().Match(line) is { Success: true } header)
                missing.Add((header.Groups[1].Value, int.Parse(header.Groups[2].Value, CultureInfo.InvariantCulture), []));
            else if (missing.Count > 0)
                missing[^1].Words.Add(line);
        }

        return [.. missing.Select(one => new MissingWal(one.Name, one.ExitCode, words.Extract(string.Join('\n', one.Words))))];
    }

    /// <summary>The missing segment at which replay ended; null if unknown.</summary>
    /// <exception cref="DrillException">The command cannot be run, or the disk is full. Then it says nothing about the archive.</exception>
    public MissingWal? CheckItRan()
    {
        var missing = Missing();
        if (missing.LastOrDefault(one => one.IsCommandMissing) is { } broken)
            throw DrillException.OfSettings($"restore_command cannot be run, so no WAL came: {broken}");
        if (missing.LastOrDefault(one => one.IsLie) is { } lie)
            throw DrillException.OfSettings($"{Lie}: {lie}");
        if (missing.LastOrDefault(one => one.Words.Contains("No space left on device", StringComparison.Ordinal)) is { } full)
            throw new DrillException($"WAL did not fit: {full}", DrillFault.Means);
        // At the end, PostgreSQL requests the last segment it read once more, which may have come from pg_wal.
        return missing.Where(one => one.IsSegment).MaxBy(one => SegmentName.Place(one.Name) ?? -1);
    }

    [GeneratedRegex(@"^([0-9A-F]{8}(?:[0-9A-F]{16}|\.history)\S*) ended with (\d+)$")]
    private static partial Regex Header();
}
