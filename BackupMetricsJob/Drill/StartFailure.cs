using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace BackupMetricsJob.Drill;

/// <summary>The server ended instead of accepting connections. The message is its last one that is not routine.</summary>
[SuppressMessage("Design", "CA1032", Justification = "It is only ever made with its message.")]
internal sealed class StartException(string message) : Exception(message);

/// <summary>
/// Explains why a server did not start from the fetched files. PostgreSQL has the same message for WAL that is missing, cannot be fetched
/// or does not fit on the disk, and for a start from the wrong position.
/// </summary>
internal static partial class StartFailure
{
    /// <param name="end">The server's last messages.</param>
    /// <param name="missing">The WAL that restore_command did not deliver.</param>
    /// <param name="hasLabel">Whether there was a backup_label.</param>
    /// <param name="damaged">The WAL that was delivered but could not be read.</param>
    public static DrillException Explain(StartException end, IReadOnlyList<MissingWal> missing, bool hasLabel, DamagedWal? damaged = null)
    {
        var words = $"the server did not start: {end.Message}";
        if (missing.LastOrDefault(one => one.IsCommandMissing) is { } command)
            return DrillException.OfSettings($"{words}. restore_command cannot be run: {command}");
        if (missing.LastOrDefault(one => one.IsLie) is { } lie)
            return DrillException.OfSettings($"{words}. {WalSource.Lie}: {lie}");
        if (DrillException.IsDenied(words))
            return DrillException.OfSettings(words);
        if (WrongSize().IsMatch(words))
            return new($"{words}. That file of the archive is damaged: as long as it is there, every restore fails at it");
        if (Library().Match(words) is { Success: true } library)
            return DrillException.OfSettings(
                $"{words}. The library {library.Groups[1].Value} is not installed in this PostgreSQL: install the extension's package"
            );
        if (words.Contains("resource manager", StringComparison.Ordinal))
            return DrillException.OfSettings($"{words}. WAL of an extension is replayed by its library: name it with --preload");
        if (Incompatible().IsMatch(words))
            return DrillException.OfSettings($"{words}. These programs were built otherwise than those of the lost server");
        if (Starved().IsMatch(words))
            return new(words, DrillFault.Means);
        if (!NeedsWal().IsMatch(words))
            return new(words);
        if (damaged is not null)
            return new($"{words}. WAL that the backup itself needs cannot be read: {damaged}");
        // The server gave up at the last segment that it did not get.
        if (missing.LastOrDefault(one => one.IsSegment) is { } segment)
            return new($"{words}. WAL that the backup itself needs did not come: {segment}");
        return new(
            hasLabel
                ? $"{words}. All WAL that was asked for came: what came is damaged, or of another cluster"
                : $"{words}. There is no backup_label, so it began at the last checkpoint, and WAL from there on is not in the snapshot"
        );
    }

    [GeneratedRegex("could not (?:access|load) (?:file|library) \"([^\"]+)\"")]
    private static partial Regex Library();

    [GeneratedRegex("archive file \"[^\"]+\" has wrong size")]
    private static partial Regex WrongSize();

    [GeneratedRegex("incompatible with server|was initialized (?:with|without)|compiled with")]
    private static partial Regex Incompatible();

    [GeneratedRegex("Cannot allocate memory|could not fork|Too many open files|Resource temporarily unavailable")]
    private static partial Regex Starved();

    [GeneratedRegex("checkpoint record|redo location|WAL ends before|recovery ended before|requested timeline|contrecord")]
    private static partial Regex NeedsWal();
}
