using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using BackupMetricsJob.Backups;

namespace BackupMetricsJob.Catalog.Import.Archive;

/// <summary>
/// What a listing says, file by file: nothing of it is kept but ranges. Two archives in one listing would hide one another's holes, so
/// that is refused; of the clusters that a pgBackRest stanza had, the newest counts.
/// </summary>
/// <param name="segmentSize">What the user says it is; null: nothing.</param>
internal sealed partial class ArchiveContent(long? segmentSize)
{
    const int MaxFolders = 1000;
    const int LogDigits = 16;

    readonly Dictionary<string, ArchiveFolder> _folders = new(StringComparer.Ordinal);

    byte[] _lastPath = [];
    ArchiveFolder? _last;

    /// <summary>Files that are none of an archive's; the first of them, for the message.</summary>
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

    /// <summary>The folder of a tool that says what is in its archive itself.</summary>
    public ArchiveFolder Folder() => Folder([]);

    /// <exception cref="ListingException">It is no listing of one archive.</exception>
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

    // Some tools keep the history files beside the folder of the segments.
    IEnumerable<Mark> Marks(ArchiveFolder? chosen) =>
        _folders
            .Values.Where(folder => folder == chosen || (folder.Segments == 0 && !Stanza().IsMatch(folder.Path)))
            .SelectMany(folder => folder.Marks)
            .GroupBy(mark => (mark.Kind, mark.Timeline, mark.Place))
            .Select(same => same.MaxBy(mark => mark.StoredAt));

    /// <summary>pgBackRest's folder of one cluster that the stanza had: its version of PostgreSQL and its number.</summary>
    [GeneratedRegex(@"^(|.*/)\d+(?:\.\d+)?-(\d{1,9})$")]
    private static partial Regex Stanza();
}

/// <summary>What a listing says of an archive.</summary>
/// <param name="Segments">The whole segments, in order.</param>
/// <param name="SegmentSize">Null where the listing does not tell.</param>
internal sealed record ParsedArchiveListing(IReadOnlyList<SegmentRange> Segments, IReadOnlyList<Mark> Marks, long? SegmentSize)
{
    public long Names { get; init; }

    /// <summary>Files that are shorter than a segment.</summary>
    public long Broken { get; init; }

    public long OtherFiles { get; init; }

    public string? FirstOther { get; init; }

    /// <summary>
    /// When the newest of them was stored, in microseconds since 1970; <see cref="SegmentRanges.Unknown"/> where no time is known.
    /// </summary>
    public long NewestAt => Segments.Count == 0 ? SegmentRanges.Unknown : Segments.Max(range => range.StoredAt);

    /// <summary>As the catalogue keeps them.</summary>
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
