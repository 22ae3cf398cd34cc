using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using BackupMetricsJob.Backups;

namespace BackupMetricsJob.Catalog.Import.Archive;

/// <summary>
/// Collects the content of a listing, file by file, keeping only ranges. Two archives in one listing would hide each other's holes, so that
/// is refused. Of the clusters in a pgBackRest stanza, the newest counts.
/// </summary>
/// <param name="segmentSize">The segment size that the user gave; null for none.</param>
internal sealed partial class ArchiveContent(long? segmentSize)
{
    const int MaxFolders = 1000;
    const int LogDigits = 16;

    readonly Dictionary<string, ArchiveFolder> _folders = new(StringComparer.Ordinal);

    byte[] _lastPath = [];
    ArchiveFolder? _last;

    /// <summary>The number of files that do not belong to an archive, and the first of them, for the message.</summary>
    public long OtherFiles { get; private set; }

    public string? FirstOther { get; private set; }

    public void Add(ReadOnlySpan<byte> path, long? size, long storedAt)
    {
        var slash = path.LastIndexOf((byte)'/');
        var name = WalName.Parse(path[(slash + 1)..]);
        if (name.Kind == WalFileKind.Other)
        {
            OtherFiles++;
            FirstOther ??= Encoding.UTF8.GetString(path);
            return;
        }

        Folder(slash < 0 ? [] : path[..slash]).Add(name, size, storedAt);
    }

    /// <summary>The folder for a tool that itself reports the content of its archive.</summary>
    public ArchiveFolder Folder() => Folder([]);

    /// <exception cref="ListingException">The input is not the listing of a single archive.</exception>
    public ParsedArchiveListing Finish()
    {
        var folder = Chosen();
        var segments = folder?.Whole(segmentSize) ?? new SegmentRanges();
        var size = folder?.SegmentSize ?? segmentSize;
        var perLog = size is { } known ? (1L << 32) / known : 0;
        var ranges = segments.Merged(perLog);
        if (perLog > 0 && ranges.Find(range => (range.Last & uint.MaxValue) >= perLog) is { Timeline: > 0 } wrong)
            throw new ListingException(
                "",
                $"there is no segment {SegmentName.Format(wrong.Timeline, wrong.Last)} where segments have {Humanize.Bytes(size!.Value)}: "
                    + "--wal-segment-size is wrong, or the listing is of another server"
            );
        return new(ranges, [.. Marks(folder)], size)
        {
            Names = segments.Count,
            Broken = folder?.Broken ?? 0,
            OtherFiles = OtherFiles,
            FirstOther = FirstOther,
        };
    }

    ArchiveFolder Folder(ReadOnlySpan<byte> path)
    {
        if (_last is not null && path.SequenceEqual(_lastPath))
            return _last;
        _lastPath = path.ToArray();
        var text = Encoding.UTF8.GetString(path);
        var slash = text.LastIndexOf('/');
        if (text.Length - slash - 1 == LogDigits && text[(slash + 1)..].All(char.IsAsciiHexDigitUpper))
            text = slash < 0 ? "" : text[..slash];
        if (_folders.TryGetValue(text, out _last))
            return _last;
        if (_folders.Count == MaxFolders)
            throw new ListingException("", $"the listing has WAL in more than {MaxFolders} folders: list the archive of one server");
        _folders.Add(text, _last = new(text));
        return _last;
    }

    ArchiveFolder? Chosen()
    {
        var filled = _folders.Values.Where(folder => folder.Segments > 0).ToList();
        if (filled.Count < 2)
            return filled.FirstOrDefault();
        var stanzas = filled.ConvertAll(folder => Stanza().Match(folder.Path));
        if (stanzas.TrueForAll(match => match.Success) && stanzas.DistinctBy(match => match.Groups[1].Value).Count() == 1)
            return _folders.Values.Where(folder => Stanza().IsMatch(folder.Path)).MaxBy(Cluster);
        throw new ListingException(
            "",
            $"the listing has WAL segments in {filled.Count} folders, \"{PlainText.OnOneLine(filled[0].Path, 200)}\" and "
                + $"\"{PlainText.OnOneLine(filled[1].Path, 200)}\": list the archive of one server alone"
        );
    }

    static int Cluster(ArchiveFolder folder) => int.Parse(Stanza().Match(folder.Path).Groups[2].Value, CultureInfo.InvariantCulture);

    // Some tools keep the history files outside the folder of the segments.
    IEnumerable<Mark> Marks(ArchiveFolder? chosen) =>
        _folders
            .Values.Where(folder => folder == chosen || (folder.Segments == 0 && !Stanza().IsMatch(folder.Path)))
            .SelectMany(folder => folder.Marks)
            .GroupBy(mark => (mark.Kind, mark.Timeline, mark.Place))
            .Select(same => same.MaxBy(mark => mark.StoredAt));

    /// <summary>pgBackRest's folder for one of the stanza's clusters: the PostgreSQL version and the cluster's number.</summary>
    [GeneratedRegex(@"^(|.*/)\d+(?:\.\d+)?-(\d{1,9})$")]
    private static partial Regex Stanza();
}

/// <summary>The content of an archive, according to a listing.</summary>
/// <param name="Segments">The complete segments, in order.</param>
/// <param name="SegmentSize">Null if the listing does not tell.</param>
internal sealed record ParsedArchiveListing(IReadOnlyList<SegmentRange> Segments, IReadOnlyList<Mark> Marks, long? SegmentSize)
{
    public long Names { get; init; }

    /// <summary>The number of files that are shorter than a segment.</summary>
    public long Broken { get; init; }

    public long OtherFiles { get; init; }

    public string? FirstOther { get; init; }

    /// <summary>
    /// When the newest segment was stored, in microseconds since 1970; <see cref="SegmentRanges.Unknown"/> if no time is known.
    /// </summary>
    public long NewestAt => Segments.Count == 0 ? SegmentRanges.Unknown : Segments.Max(range => range.StoredAt);

    /// <summary>The ranges as the catalogue stores them.</summary>
    public IEnumerable<(string Kind, SegmentRange Range)> Ranges() =>
        Segments
            .Select(range => ("segments", range))
            .Concat(
                Marks.Select(mark =>
                    (
                        mark.Kind switch
                        {
                            WalFileKind.Partial => "partial",
                            WalFileKind.History => "history",
                            _ => "backup",
                        },
                        new SegmentRange(mark.Timeline, mark.Place, mark.Place, mark.StoredAt)
                    )
                )
            );
}
