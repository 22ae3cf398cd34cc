using System.CommandLine;
using System.Globalization;
using System.Text;
using BackupMetricsJob.Backups;
using BackupMetricsJob.Catalog;
using BackupMetricsJob.Catalog.Import.Archive;
using BackupMetricsJob.Configuration;
using BackupMetricsJob.Reporting;

namespace BackupMetricsJob.Cli;

/// <summary>What the listing of a WAL archive does not tell.</summary>
internal sealed record ArchiveSettings
{
    /// <summary>The name of the archive, unique within the server.</summary>
    public string Storage { get; init; } = CatalogRow.DefaultStorage;

    /// <summary>The segment size in bytes; null to take it from the listing.</summary>
    public long? SegmentSize { get; init; }

    /// <summary>
    /// The name of the newest segment that the server had archived before the listing was made; null if the server was not queried.
    /// </summary>
    public string? Archived { get; init; }

    /// <summary>The name of the newest segment that the server says it has archived by now; null if the server was not queried.</summary>
    public string? ArchivedNow { get; init; }

    /// <summary>When the listing was made; null for now, or for the time its file was written.</summary>
    public DateTimeOffset? ListedAt { get; init; }
}

/// <summary>The flags of `import` that only the listing of a WAL archive needs.</summary>
internal sealed class ArchiveFlags
{
    readonly Option<string> _storage = new("--storage")
    {
        HelpName = "NAME",
        Description = "Of an archive: which one of the server's it is (default)",
    };

    readonly Option<string> _segmentSize = new("--wal-segment-size")
    {
        HelpName = "SIZE",
        Description = "Of an archive: size of a segment, like 64MB, where the listing does not show it (the server says, else 16MB)",
    };

    readonly Option<string> _listedAt = new("--listed-at")
    {
        HelpName = "TIME",
        Description = "Of an archive: when the listing was made (now, or when FILE was written)",
    };

    readonly Option<string> _archived = new("--archived")
    {
        HelpName = "NAME",
        Description =
            "Of an archive: last_archived_wal of pg_stat_archiver, asked before it was listed: the listing must have all up to that",
    };

    public ArchiveFlags(Command command)
    {
        command.Options.Add(_storage);
        command.Options.Add(_segmentSize);
        command.Options.Add(_listedAt);
        command.Options.Add(_archived);
    }

    public ArchiveSettings Read(ParseResult parsed, ListingOptions options, List<Problem> problems)
    {
        var storage = parsed.GetValue(_storage) ?? CatalogRow.DefaultStorage;
        if (RowProblem.OfKey(options.Server ?? "-", ImportInput.Archive, storage, "-") is { } wrong)
            problems.Add(new(ProblemOrigin.Flag, $"--storage: {wrong}"));
        return new()
        {
            Storage = storage,
            SegmentSize = Size(parsed.GetValue(_segmentSize), problems),
            ListedAt = ListedAt(parsed.GetValue(_listedAt), options.Now, problems),
            Archived = Archived(parsed.GetValue(_archived)?.Trim() ?? "", problems),
        };
    }

    static DateTimeOffset? ListedAt(string? text, DateTimeOffset now, List<Problem> problems)
    {
        if (text is null)
            return null;
        if (TimeParser.TryParse(text, out var time) && time <= now + ClockTolerance.Max)
            return time;
        problems.Add(CatalogFlags.InvalidValue("--listed-at", text, TimeParser.Allowed + ", not in the future"));
        return null;
    }

    /// <summary>Parses the last archived file; empty for a server that has not archived anything.</summary>
    static string? Archived(string text, List<Problem> problems)
    {
        if (text.Length == 0)
            return null;
        var name = WalName.Parse(Encoding.UTF8.GetBytes(text));
        if (name.Kind == WalFileKind.Other)
            problems.Add(CatalogFlags.InvalidValue("--archived", text, "a name as in pg_stat_archiver, like 000000010000000000000005"));
        // The archiver takes files in the order of their names. So the segment before a partial one, or before one named by a backup
        // history file, was archived. At a 4 GB boundary, the name of the preceding segment depends on the segment size.
        return name switch
        {
            { Kind: WalFileKind.Segment } => SegmentName.Format(name.Timeline, name.Place),
            { Kind: WalFileKind.Partial or WalFileKind.Backup } when (name.Place & uint.MaxValue) > 0 => SegmentName.Format(
                name.Timeline,
                name.Place - 1
            ),
            _ => null,
        };
    }

    static long? Size(string? text, List<Problem> problems)
    {
        if (text is null)
            return null;
        var (digits, unit) = text.ToUpperInvariant() switch
        {
            [.. var number, 'M', 'B'] => (number, 1L << 20),
            [.. var number, 'G', 'B'] => (number, 1L << 30),
            var number => (number, 1L),
        };
        if (
            long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            && value <= WalSegmentSize.Max
            && WalSegmentSize.IsPossible(value * unit)
        )
            return value * unit;
        problems.Add(CatalogFlags.InvalidValue("--wal-segment-size", text, "a power of two from 1MB to 1GB"));
        return null;
    }
}
