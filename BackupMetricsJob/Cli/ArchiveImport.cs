using System.CommandLine;
using System.Globalization;
using BackupMetricsJob.Backups;
using BackupMetricsJob.Catalog;
using BackupMetricsJob.Catalog.Import.Archive;
using BackupMetricsJob.Configuration;
using BackupMetricsJob.Reporting;

namespace BackupMetricsJob.Cli;

/// <summary>backup-metrics import archive: updates the catalogue from the listing of a WAL archive.</summary>
internal sealed class ArchiveImport
{
    /// <summary>What is given in the place of a tool.</summary>
    public const string Name = "archive";

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

    public ArchiveImport(Command command)
    {
        command.Options.Add(_storage);
        command.Options.Add(_segmentSize);
        command.Options.Add(_listedAt);
    }

    /// <param name="open">Opens the listing; it may take long.</param>
    /// <param name="fileTime">When the file was written; null for standard input.</param>
    public async Task<int> RunAsync(
        ParseResult parsed,
        string server,
        bool allowEmpty,
        CatalogAccess access,
        Func<Stream> open,
        string? file,
        ProcessContext context
    )
    {
        var problems = new List<Problem>();
        var storage = parsed.GetValue(_storage) ?? "default";
        if (RowProblem.OfKey(server, Name, storage, "-") is { } wrong)
            problems.Add(new(ProblemOrigin.Flag, $"--storage: {wrong}"));
        var segmentSize = SegmentSize(parsed.GetValue(_segmentSize), problems);
        var listedAt = ListedAt(parsed.GetValue(_listedAt), file, context.Time.GetUtcNow(), problems);
        if (problems.Count > 0)
            return CatalogFlags.Report(problems, context);
        var result = await ArchiveListingImport.RunAsync(
            access.Connection,
            new(server, storage, context.Time.GetUtcNow()) { ListedAt = listedAt, AllowEmpty = allowEmpty },
            async cancellationToken =>
            {
                await using var input = open();
                return await ArchiveReader.ReadAsync(input, segmentSize, cancellationToken);
            },
            access.Timeout,
            context.Signals.Stop
        );
        if (result is { Failure: null, Listed: { } listed })
            Report(listed, server, storage, result.ListedAt, context);
        return result.Failure is { } failure
            ? CatalogFlags.Report(failure, "import", context, context.Signals.Received)
            : (int)ExitCode.Success;
    }

    static void Report(ArchiveListed listed, string server, string storage, DateTimeOffset at, ProcessContext context)
    {
        if (listed.Broken > 0)
            context.Error.WriteLine(
                $"warning: {Humanize.Count(listed.Broken, "file")} named like a segment "
                    + $"{(listed.Broken == 1 ? "is" : "are")} empty or not as long as a segment: not counted, since a restore stops there"
            );
        var timelines = listed.Segments.Select(run => run.Timeline).Distinct().Count();
        context.Error.WriteLine(
            PlainText.OnOneLine(
                $"archive: {Humanize.Segments(listed.Names)} in {Humanize.Count(listed.Segments.Count, "range")} on "
                    + $"{Humanize.Count(timelines, "timeline")}, listed at {Humanize.Time(at)} (server {server}, storage {storage})"
            )
        );
    }

    static DateTimeOffset? ListedAt(string? text, string? file, DateTimeOffset now, List<Problem> problems)
    {
        if (text is not null)
        {
            if (TimeParser.TryParse(text, out var time) && time <= now + ClockTolerance.Max)
                return time;
            problems.Add(CatalogFlags.InvalidValue("--listed-at", text, TimeParser.Allowed + ", not in the future"));
            return null;
        }

        // A file that was written long ago is an old listing, whenever it is imported. Of a file that is not there, opening it says so.
        return file is not null && File.Exists(file) && File.GetLastWriteTimeUtc(file) is var written && written < now.UtcDateTime
            ? new DateTimeOffset(written, TimeSpan.Zero)
            : null;
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
