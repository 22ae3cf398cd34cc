using BackupMetricsJob.Backups;
using BackupMetricsJob.Postgres;
using Npgsql;

namespace BackupMetricsJob.Sources.Catalog;

/// <summary>
/// The catalogue's data about listings of WAL archives: the listings themselves, their content, and the backups that need the WAL.
/// </summary>
internal sealed class ArchiveRows
{
    readonly List<(string Server, ArchiveListing Listing)> _listings = [];
    readonly Dictionary<(string Server, string Storage, string Kind), List<WalRange>> _ranges = [];
    readonly Dictionary<string, List<ArchivedBackup>> _backups = new(StringComparer.Ordinal);

    public void ReadListing(NpgsqlDataReader row) =>
        _listings.Add(
            (
                row.Text("server"),
                new(row.Text("storage"))
                {
                    ListedAt = Time(row, "listed_at"),
                    ImportedAt = Time(row, "imported_at"),
                    Archived = row.TextOrNull("archived_wal"),
                    SegmentSize = row.LongOrNull("segment_size"),
                    Error = row.TextOrNull("error"),
                }
            )
        );

    public void ReadRange(NpgsqlDataReader row)
    {
        var key = (row.Text("server"), row.Text("storage"), row.Text("kind"));
        if (!_ranges.TryGetValue(key, out var ranges))
            _ranges.Add(key, ranges = []);
        ranges.Add(new(row.Long("timeline"), row.Long("first_segment"), row.Long("last_segment"), Time(row, "newest_at")));
    }

    public void ReadBackup(NpgsqlDataReader row)
    {
        if (BackupTypeNames.Parse(row.Text("kind")) is not { } type || Time(row, "finished_at") is not { } finished)
            return;
        var server = row.Text("server");
        if (!_backups.TryGetValue(server, out var backups))
            _backups.Add(server, backups = []);
        backups.Add(
            new(SourceName.Catalog, row.Text("tool"), type, finished)
            {
                Storage = row.Text("storage"),
                StartSegment = row.TextOrNull("start_wal"),
                StopSegment = row.TextOrNull("stop_wal"),
                StartLsn = row.LongOrNull("start_lsn"),
                StopLsn = row.LongOrNull("stop_lsn"),
                Timeline = row.IntegerOrNull("timeline"),
                IsOfNewest = row.Flag("is_newest"),
                IsKeptForEver = row.Flag("is_kept_for_ever"),
                IsBroken = row.Flag("is_broken"),
                CarriesItsWal = BackupFacts.HasWal(row.TextOrNull("wal")) == true,
            }
        );
    }

    /// <param name="of">Returns the facts of a server by its name.</param>
    public void AddTo(Func<string, InstanceFacts> of)
    {
        foreach (var listings in _listings.GroupBy(listing => listing.Server, listing => listing.Listing))
            of(listings.Key).Archive = new(
                [.. listings.Select(listing => Filled(listings.Key, listing))],
                _backups.GetValueOrDefault(listings.Key) ?? []
            );
    }

    ArchiveListing Filled(string server, ArchiveListing listing)
    {
        return listing with
        {
            Segments = Ranges("segments"),
            Histories = [.. Ranges("history").Select(range => range.Timeline)],
            Partials = Ranges("partial"),
            BackupStarts = Ranges("backup"),
        };

        List<WalRange> Ranges(string kind) => _ranges.GetValueOrDefault((server, listing.Storage, kind)) ?? [];
    }

    static DateTimeOffset? Time(NpgsqlDataReader row, string column) =>
        row.NumberOrNull(column) is { } seconds && UnixTime.IsTime(seconds) ? UnixTime.FromSeconds(seconds, column) : null;
}
