using System.CommandLine;
using System.Globalization;
using BackupMetricsJob.Backups;
using BackupMetricsJob.Catalog;
using BackupMetricsJob.Configuration;
using BackupMetricsJob.Reporting;

namespace BackupMetricsJob.Cli;

/// <summary>What the listing of a WAL archive does not say.</summary>
internal sealed record ArchiveSettings
{
    /// <summary>Which one of the server's archives it is.</summary>
    public string Storage { get; init; } = CatalogRow.DefaultStorage;

    /// <summary>In bytes; null: what the listing shows.</summary>
    public long? SegmentSize { get; init; }

    /// <summary>When it was made; null: now, or when its file was written.</summary>
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

    public ArchiveFlags(Command command)
    {
        command.Options.Add(_storage);
        command.Options.Add(_segmentSize);
        command.Options.Add(_listedAt);
    }

    public ArchiveSettings Read(ParseResult parsed, ListingOptions options, List<Problem> problems)
    {
        var storage = parsed.GetValue(_storage) ?? CatalogRow.DefaultStorage;
        if (RowProblem.OfKey(options.Server ?? "-", ToolList.Archive, storage, "-") is { } wrong)
            problems.Add(new(ProblemOrigin.Flag, $"--storage: {wrong}"));
        return new()
        {
            Storage = storage,
            SegmentSize = SegmentSize(parsed.GetValue(_segmentSize), problems),
            ListedAt = ListedAt(parsed.GetValue(_listedAt), options.Now, problems),
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

    static long? SegmentSize(string? text, List<Problem> problems)
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
            && value <= 1L << 30
            && value * unit is >= 1L << 20 and <= 1L << 30 and var size
            && long.IsPow2(size)
        )
            return size;
        problems.Add(CatalogFlags.InvalidValue("--wal-segment-size", text, "a power of two from 1MB to 1GB"));
        return null;
    }
}
