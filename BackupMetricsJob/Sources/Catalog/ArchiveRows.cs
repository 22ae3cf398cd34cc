using BackupMetricsJob.Backups;
using BackupMetricsJob.Postgres;
using Npgsql;

namespace BackupMetricsJob.Sources.Catalog;

/// <summary>
/// What the catalogue has of the listings of WAL archives: the listings themselves, what they held, and the backups that need it.
/// </summary>
internal sealed class ArchiveRows
{
    readonly List<(string Server, ArchiveListing Listing)> _listings = [];
    readonly Dictionary<(string Server, string Storage, string Kind), List<WalRange>> _ranges = [];
    readonly Dictionary<string, List<ArchivedBackup>> _backups = new(StringComparer.Ordinal);

    public void ReadListing(NpgsqlDataReader row) =>
        _listings.Add(
            (
                row.GetString(row.GetOrdinal("server")),
                new(row.GetString(row.GetOrdinal("storage")))
                {
                    ListedAt = Time(row, "listed_at"),
                    ImportedAt = Time(row, "imported_at"),
                    Archived = row.TextOrNull(row.GetOrdinal("archived_wal")),
                    SegmentSize = row.LongOrNull(row.GetOrdinal("segment_size")),
                    Error = row.TextOrNull(row.GetOrdinal("error")),
                }
            )
        );

    public void ReadRange(NpgsqlDataReader row)
    {
        var key = (
            row.GetString(row.GetOrdinal("server")),
            row.GetString(row.GetOrdinal("storage")),
            row.GetString(row.GetOrdinal("kind"))
        );
        if (!_ranges.TryGetValue(key, out var ranges))
            _ranges.Add(key, ranges = []);
        ranges.Add(
            new(
                row.GetInt64(row.GetOrdinal("timeline")),
                row.GetInt64(row.GetOrdinal("first_segment")),
                row.GetInt64(row.GetOrdinal("last_segment")),
                Time(row, "newest_at")
            )
        );
    }

    /// <summary>Of a server whose archive was never listed, a row has no backup.</summary>
    public void ReadBackup(NpgsqlDataReader row)
    {
        if (row.IsDBNull(row.GetOrdinal("storage")))
            return;
        if (BackupTypeNames.Parse(row.GetString(row.GetOrdinal("kind"))) is not { } type || Time(row, "finished_at") is not { } finished)
            return;
        var server = row.GetString(row.GetOrdinal("server"));
        if (!_backups.TryGetValue(server, out var backups))
            _backups.Add(server, backups = []);
        backups.Add(
            new(SourceName.Catalog, row.GetString(row.GetOrdinal("tool")), type, finished)
            {
                Storage = row.GetString(row.GetOrdinal("storage")),
                StartSegment = row.TextOrNull(row.GetOrdinal("start_wal")),
                StopSegment = row.TextOrNull(row.GetOrdinal("stop_wal")),
                StartLsn = row.LongOrNull(row.GetOrdinal("start_lsn")),
                StopLsn = row.LongOrNull(row.GetOrdinal("stop_lsn")),
                Timeline = row.IsDBNull(row.GetOrdinal("timeline")) ? null : row.GetInt32(row.GetOrdinal("timeline")),
                IsBroken = row.GetBoolean(row.GetOrdinal("is_broken")),
                CarriesItsWal = BackupFacts.HasWal(row.TextOrNull("wal")) == true,
            }
        );
    }

    /// <param name="of">The facts of a server by its name.</param>
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

    static DateTimeOffset? Time(NpgsqlDataReader row, string column)
    {
        var at = row.GetOrdinal(column);
        return !row.IsDBNull(at) && row.GetDouble(at) is var seconds && UnixTime.IsTime(seconds)
            ? UnixTime.FromSeconds(seconds, column)
            : null;
    }
}
