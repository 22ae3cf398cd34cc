using BackupMetricsJob.Backups;
using BackupMetricsJob.Postgres;
using Npgsql;

namespace BackupMetricsJob.Sources.Catalog;

/// <summary>
/// The source "catalog": what backup_metrics.backup_catalog says of its servers, each an instance of its own, in one round trip and row by
/// row. What cannot be believed of one server fails the source for that server and for no other.
/// </summary>
internal sealed class CatalogSource
{
    readonly SourceClock _clock;
    readonly TimeSpan? _staleAfter;
    readonly List<InstanceFacts> _found;
    readonly Dictionary<string, InstanceFacts> _byName = new(StringComparer.Ordinal);
    readonly Dictionary<string, string> _tools = new(StringComparer.Ordinal);

    readonly List<long?> _sizes = new(SizeRatio.Sizes);

    CatalogSource(SourceClock clock, TimeSpan? staleAfter, List<InstanceFacts> found) =>
        (_clock, _staleAfter, _found) = (clock, staleAfter, found);

    /// <param name="servers">Which servers to read.</param>
    /// <param name="instance">The target: a tool's list that was last read longer ago than the strictest of its limits allows is not
    /// believed, and with copies asked for, each storage is looked at.</param>
    /// <param name="found">Filled as it is read.</param>
    /// <returns>What is wrong with the catalogue, and with no server in particular.</returns>
    public static async Task<ProbeFailure?> ReadAsync(
        SourceTransaction transaction,
        SourceClock clock,
        ServerPatterns servers,
        Instance instance,
        List<InstanceFacts> found,
        CancellationToken cancellationToken
    )
    {
        var source = new CatalogSource(clock, StaleAfter(instance.Limits), found);
        await using var batch = transaction.Batch(
            new(SqlText.Load("source_catalog")) { Parameters = { ServerPatternJson.Like(servers), ServerPatternJson.Names(servers) } },
            new(SqlText.Load("source_catalog_chains")) { Parameters = { ServerPatternJson.Like(servers) } },
            new(SqlText.Load("source_catalog_running")) { Parameters = { ServerPatternJson.Like(servers) } },
            new(SqlText.Load("source_catalog_imports")) { Parameters = { ServerPatternJson.Like(servers) } },
            new(SqlText.Load("source_catalog_restore_tests")) { Parameters = { ServerPatternJson.Like(servers) } },
            new(SqlText.Load("source_catalog_archives")) { Parameters = { ServerPatternJson.Like(servers) } },
            new(SqlText.Load("source_catalog_archive_ranges")) { Parameters = { ServerPatternJson.Like(servers) } },
            new(SqlText.Load("source_catalog_storages"))
            {
                Parameters =
                {
                    ServerPatternJson.Like(servers),
                    new NpgsqlParameter<bool> { TypedValue = instance.Copies is not null },
                },
            },
            new(SqlText.Load("source_catalog_refusals"))
        );
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await EachAsync(source.ReadGroup);
        await reader.NextResultAsync(cancellationToken);
        var archives = new ArchiveRows();
        await EachAsync(row =>
        {
            source.Change(row, facts => facts with { BrokenChains = row.LongOrNull(row.GetOrdinal("broken_chains")) });
            archives.ReadBackup(row);
        });
        await reader.NextResultAsync(cancellationToken);
        await EachAsync(source.ReadRunning);
        await reader.NextResultAsync(cancellationToken);
        await EachAsync(source.ReadImport);
        await reader.NextResultAsync(cancellationToken);
        await EachAsync(source.ReadRestoreTest);
        await reader.NextResultAsync(cancellationToken);
        await EachAsync(archives.ReadListing);
        await reader.NextResultAsync(cancellationToken);
        await EachAsync(archives.ReadRange);
        archives.AddTo(source.Of);
        await reader.NextResultAsync(cancellationToken);
        await EachAsync(source.ReadStorage);
        await reader.NextResultAsync(cancellationToken);
        ProbeFailure? refused = null;
        await EachAsync(row => refused ??= source.Refused(row));
        return refused;

        async Task EachAsync(Action<NpgsqlDataReader> read)
        {
            while (await reader.ReadAsync(cancellationToken))
                read(reader);
        }
    }

    static TimeSpan? StaleAfter(IReadOnlyList<AgeLimit> limits) =>
        limits.Where(limit => limit.Type is LimitType.Base or LimitType.Full or LimitType.Logical).Min(limit => (TimeSpan?)limit.MaxAge);

    InstanceFacts Of(string server)
    {
        if (_found is [.., var last] && last.Name == server)
            return last;
        if (_byName.TryGetValue(server, out var facts))
            return facts;
        _byName.Add(server, facts = new(SourceName.Catalog, server));
        _found.Add(facts);
        return facts;
    }

    void ReadGroup(NpgsqlDataReader row)
    {
        var instance = Of(row.GetString(0));
        if (row.IsDBNull(3) && row.IsDBNull(9) && row.IsDBNull(10))
            return;
        var tool = row.GetString(1);
        if (!_tools.TryAdd(tool, tool))
            tool = _tools[tool];
        if (BackupTypeNames.Parse(row.GetString(2)) is not { } type)
        {
            Fail(instance, $"the catalogue has backups of {tool} of the unknown type {row.GetString(2)}");
            return;
        }

        var finished = Believed(instance, row, 3, tool, type, "finished");
        var started = finished is null ? null : Believed(instance, row, 4, tool, type, "started");
        var isBackup = finished is not null && type is not (BackupType.Wal or BackupType.RestoreTest);
        instance.Backups.Add(
            new(SourceName.Catalog, tool, type)
            {
                LastSuccess = finished,
                Age = finished is { } time ? _clock.Since(time) : null,
                LastDuration = type == BackupType.Wal ? null : finished - started,
                LastSize = isBackup ? row.LongOrNull(5) : null,
                LastStored = isBackup ? row.LongOrNull(6) : null,
                LastHasErrors = isBackup && !row.IsDBNull(7) ? row.GetBoolean(7) : null,
                SizeRatio = isBackup ? SizeRatio.Compute(Sizes(row, 13)) : null,
                Oldest = Believed(instance, row, 8, tool, type, "finished"),
                LastFailure = Believed(instance, row, 9, tool, type, "failed"),
                Counts = row.IsDBNull(10) ? null : new(row.GetInt64(10), row.GetInt64(11), row.GetInt64(12), row.GetInt64(16)),
                StartLsn = row.LongOrNull(14),
                StopLsn = row.LongOrNull(15),
                SystemIdentifier = ulong.TryParse(row.TextOrNull(17), out var cluster) ? cluster : null,
                PgVersionNumber = row.IsDBNull(18) ? null : row.GetInt32(18),
                IsDatedByObject = isBackup && started is null && !row.IsDBNull(19) && row.GetBoolean(19),
                StartSegment = row.TextOrNull(20),
                Timeline = row.IsDBNull(21) ? null : row.GetInt32(21),
                Database = type == BackupType.Logical ? row.TextOrNull(22) : null,
            }
        );
    }

    void ReadRunning(NpgsqlDataReader row)
    {
        if (BackupTypeNames.Parse(row.GetString(2)) == BackupType.Base)
            Of(row.GetString(0))
                .Backups.Add(new(SourceName.Catalog, row.GetString(1), BackupType.Base) { Counts = new(0, 0, row.GetInt64(5)) });
        Change(
            row,
            facts =>
                Believed(Of(row.GetString(0)), row, 3, facts.Tool, facts.Type, "started") is not { } since
                    ? facts
                    : facts with
                    {
                        Running = new(
                            since,
                            row.IsDBNull(4) || !double.IsFinite(row.GetDouble(4)) ? null : TimeSpan.FromSeconds(row.GetDouble(4))
                        )
                        {
                            Complete = row.IsDBNull(6) ? null : row.GetDouble(6),
                        },
                    }
        );
    }

    void ReadImport(NpgsqlDataReader row)
    {
        var instance = Of(row.GetString(0));
        var tool = row.GetString(1);
        var succeeded = row.TimeOrNull(3, "succeeded_at");
        if (row.GetInt64(row.GetOrdinal("skipped")) is > 0 and var skipped)
            instance.Skipped.Add(new(tool, skipped, row.TextOrNull(row.GetOrdinal("skipped_reason")) ?? ""));
        var last = succeeded is { } time ? $"it last succeeded at {Humanize.Time(time)}" : "it never succeeded";
        if (!row.IsDBNull(4))
            Fail(
                instance,
                $"the import from {tool} failed at {Humanize.Time(row.Time(2, "imported_at"))}: "
                    + $"{PlainText.OnOneLine(row.GetString(4))}; {last}",
                tool
            );
        else if (succeeded is null)
            Fail(instance, $"the import from {tool} never succeeded", tool);
        else if (_clock.Since(succeeded.Value) > _staleAfter)
            Fail(
                instance,
                $"the list of {tool} was last imported at {Humanize.Time(succeeded.Value)}, "
                    + $"longer ago than the limit of {Humanize.Duration(_staleAfter.Value)}",
                tool
            );
        if (
            (!row.IsDBNull(7) || !row.IsDBNull(8))
            && !instance.Backups.Exists(backup => backup.Tool == tool && backup.Type.IsPhysical() && backup.LastSuccess is not null)
        )
            instance.Failure ??= ClusterIdentity.Failure(
                "source catalog: the catalogue's",
                instance.Name,
                row.IsDBNull(7) ? $"PostgreSQL {row.GetInt32(8) / 10000}" : $"system identifier {row.GetString(7)}",
                row.IsDBNull(5) ? "the server's is not" : $"{tool} says that the server's is {row.GetString(5)}"
            );
    }

    void ReadStorage(NpgsqlDataReader row)
    {
        var instance = Of(row.GetString(row.GetOrdinal("server")));
        if (StorageRow.AddTo(instance.Storages, row, _clock) is { } unreadable)
            Fail(instance, unreadable, row.GetString(row.GetOrdinal("tool")));
    }

    /// <summary>Believed for as long as a list is: then the limits of the servers themselves have passed.</summary>
    ProbeFailure? Refused(NpgsqlDataReader row)
    {
        var at = row.Time(row.GetOrdinal("refused_at"), "refused_at");
        var (tool, host) = (row.GetString(row.GetOrdinal("tool")), row.GetString(row.GetOrdinal("host")));
        return _clock.Since(at) > _staleAfter
            ? null
            : new(
                FailureReason.BadData,
                $"source catalog: the import from {tool} on host {host} was refused at {Humanize.Time(at)}, and whose backups it was about "
                    + $"is not known: {PlainText.OnOneLine(row.GetString(row.GetOrdinal("error")))}"
            )
            {
                Do =
                    $"Repeat that import by hand on {host}, and read what it says. If {tool} is not used there, forget it: DELETE FROM "
                    + $"backup_metrics.backup_refusal WHERE tool = '{tool}' AND host = '{host}'.",
            };
    }

    void ReadRestoreTest(NpgsqlDataReader row) =>
        Change(row, BackupType.RestoreTest, facts => facts with { LastTest = RestoreTestRow.Read(row) });

    void Change(NpgsqlDataReader row, Func<BackupFacts, BackupFacts> change) =>
        Change(row, BackupTypeNames.Parse(row.GetString(2)), change);

    void Change(NpgsqlDataReader row, BackupType? type, Func<BackupFacts, BackupFacts> change)
    {
        var backups = Of(row.GetString(0)).Backups;
        var tool = row.GetString(1);
        var at = backups.FindIndex(facts => facts.Tool == tool && facts.Type == type);
        if (at >= 0)
            backups[at] = change(backups[at]);
    }

    DateTimeOffset? Believed(InstanceFacts instance, NpgsqlDataReader row, int column, string tool, BackupType type, string what)
    {
        if (row.IsDBNull(column))
            return null;
        var seconds = row.GetDouble(column);
        if (!UnixTime.IsTime(seconds))
        {
            Fail(instance, $"the newest {type.Name()} of {tool} {what} at no time that can be: {seconds} seconds since 1970");
            return null;
        }

        var time = UnixTime.FromSeconds(seconds, what);
        if (!_clock.IsFuture(time))
            return time;
        Fail(instance, $"the newest {type.Name()} of {tool} {what} {_clock.Future(time)}");
        return null;
    }

    static void Fail(InstanceFacts instance, string message, string? importOf = null) =>
        instance.Failure ??= new(FailureReason.BadData, "source catalog: " + message)
        {
            Do = importOf is null
                ? "Look at that row of backup_metrics.backup_catalog and at the clock of the host that it came from."
                : $"Repeat the command that imports the list of {importOf} by hand where it is run, and read what it says. "
                    + "If the server is no more, delete its rows: docs/catalogue.md.",
        };

    /// <summary>
    /// Sizes that the query joined by commas, the newest first. There may be thousands of rows, so nothing is left behind but the list.
    /// </summary>
    List<long?> Sizes(NpgsqlDataReader row, int column)
    {
        _sizes.Clear();
        var text = row.TextOrNull(column).AsSpan();
        foreach (var part in text.Split(','))
            _sizes.Add(long.TryParse(text[part], out var size) ? size : null);
        return _sizes;
    }
}
