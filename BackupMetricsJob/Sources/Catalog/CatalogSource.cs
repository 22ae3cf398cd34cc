using BackupMetricsJob.Backups;
using BackupMetricsJob.Postgres;
using Npgsql;

namespace BackupMetricsJob.Sources.Catalog;

/// <summary>
/// The source "catalog": reads backup_metrics.backup_catalog in one round trip, row by row. Each server in it is an instance of its own.
/// Implausible facts about one server fail the source for that server only.
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
    /// <param name="instance">The target. A tool's list is rejected if it was last read longer ago than the strictest limit allows. If a
    /// number of copies is configured, each storage is examined.</param>
    /// <param name="found">Filled while reading.</param>
    /// <returns>A failure of the catalogue as a whole, not of a particular server.</returns>
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
            CommandFor("source_catalog_chains"),
            CommandFor("source_catalog_running"),
            CommandFor("source_catalog_imports"),
            CommandFor("source_catalog_restore_tests"),
            CommandFor("source_catalog_archives"),
            CommandFor("source_catalog_archive_ranges"),
            CommandFor("source_catalog_archive_backups"),
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
        var archives = new ArchiveRows();
        ProbeFailure? refused = null;
        await EachAsync(source.ReadGroup);
        await NextAsync(row => source.Change(row, facts => facts with { BrokenChains = row.LongOrNull("broken_chains") }));
        await NextAsync(source.ReadRunning);
        await NextAsync(source.ReadImport);
        await NextAsync(source.ReadRestoreTest);
        await NextAsync(archives.ReadListing);
        await NextAsync(archives.ReadRange);
        await NextAsync(archives.ReadBackup);
        archives.AddTo(source.FactsOf);
        await NextAsync(source.ReadStorage);
        await NextAsync(row => refused ??= source.Refused(row));
        return refused;

        NpgsqlBatchCommand CommandFor(string query) => new(SqlText.Load(query)) { Parameters = { ServerPatternJson.Like(servers) } };

        async Task NextAsync(Action<NpgsqlDataReader> read)
        {
            await reader.NextResultAsync(cancellationToken);
            await EachAsync(read);
        }

        async Task EachAsync(Action<NpgsqlDataReader> read)
        {
            while (await reader.ReadAsync(cancellationToken))
                read(reader);
        }
    }

    static TimeSpan? StaleAfter(IReadOnlyList<AgeLimit> limits) =>
        limits.Where(limit => limit.Type is LimitType.Base or LimitType.Full or LimitType.Logical).Min(limit => (TimeSpan?)limit.MaxAge);

    InstanceFacts FactsOf(string server)
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
        var instance = FactsOf(row.Text("server"));
        if (row.IsNull("finished_at") && row.IsNull("failed_at") && row.IsNull("done"))
            return;
        var tool = row.Text("tool");
        if (!_tools.TryAdd(tool, tool))
            tool = _tools[tool];
        if (BackupTypeNames.Parse(row.Text("kind")) is not { } type)
        {
            Fail(instance, $"the catalogue has backups of {tool} of the unknown type {row.Text("kind")}");
            return;
        }

        var finished = Plausible(instance, row, "finished_at", tool, type, "finished");
        var started = finished is null ? null : Plausible(instance, row, "started_at", tool, type, "started");
        var isBackup = finished is not null && type is not (BackupType.Wal or BackupType.RestoreTest);
        instance.Backups.Add(
            new(SourceName.Catalog, tool, type)
            {
                LastSuccess = finished,
                Age = finished is { } time ? _clock.Since(time) : null,
                LastDuration = type == BackupType.Wal ? null : finished - started,
                LastSize = isBackup ? row.LongOrNull("size_bytes") : null,
                LastStored = isBackup ? row.LongOrNull("stored_bytes") : null,
                LastHasErrors = isBackup ? row.FlagOrNull("has_errors") : null,
                SizeRatio = isBackup ? SizeRatio.Compute(Sizes(row.TextOrNull("last_sizes"))) : null,
                Oldest = Plausible(instance, row, "oldest_at", tool, type, "finished"),
                LastFailure = Plausible(instance, row, "failed_at", tool, type, "failed"),
                Counts = row.IsNull("done") ? null : new(row.Long("done"), row.Long("failed"), row.Long("running"), row.Long("waiting")),
                StartLsn = row.LongOrNull("start_lsn"),
                StopLsn = row.LongOrNull("stop_lsn"),
                SystemIdentifier = ulong.TryParse(row.TextOrNull("system_identifier"), out var cluster) ? cluster : null,
                PgVersionNumber = row.IntegerOrNull("pg_version_num"),
                IsDatedByObject = isBackup && started is null && row.FlagOrNull("time_of_object") == true,
                StartSegment = row.TextOrNull("start_wal"),
                Timeline = row.IntegerOrNull("timeline"),
                Database = type == BackupType.Logical ? row.TextOrNull("database") : null,
                HasItsWal = BackupFacts.HasWal(row.TextOrNull("wal")),
            }
        );
    }

    void ReadRunning(NpgsqlDataReader row)
    {
        if (BackupTypeNames.Parse(row.Text("kind")) == BackupType.Base)
            FactsOf(row.Text("server"))
                .Backups.Add(new(SourceName.Catalog, row.Text("tool"), BackupType.Base) { Counts = new(0, 0, row.Long("n")) });
        Change(
            row,
            facts =>
                Plausible(FactsOf(row.Text("server")), row, "since", facts.Tool, facts.Type, "started") is not { } since
                    ? facts
                    : facts with
                    {
                        Running = new(
                            since,
                            row.NumberOrNull("longest") is { } longest && double.IsFinite(longest) ? TimeSpan.FromSeconds(longest) : null
                        )
                        {
                            Complete = row.NumberOrNull("complete"),
                        },
                    }
        );
    }

    void ReadImport(NpgsqlDataReader row)
    {
        var instance = FactsOf(row.Text("server"));
        var tool = row.Text("tool");
        var succeeded = row.TimeOrNull("succeeded_at");
        if (row.Long("skipped") is > 0 and var skipped)
            instance.Skipped.Add(new(tool, skipped, row.TextOrNull("skipped_reason") ?? ""));
        var last = succeeded is { } time ? $"it last succeeded at {Humanize.Time(time)}" : "it never succeeded";
        if (row.TextOrNull("error") is { } error)
            Fail(
                instance,
                $"the import from {tool} failed at {Humanize.Time(row.Time("imported_at"))}: {PlainText.OnOneLine(error)}; {last}",
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
        var (cluster, version) = (row.TextOrNull("history_system_identifier"), row.IntegerOrNull("history_pg_version_num"));
        if (
            (cluster is not null || version is not null)
            && !instance.Backups.Exists(backup => backup.Tool == tool && backup.Type.IsPhysical() && backup.LastSuccess is not null)
        )
            instance.Failure ??= ClusterIdentity.Failure(
                "source catalog: the catalogue's",
                instance.Name,
                cluster is null ? $"PostgreSQL {version / 10000}" : $"system identifier {cluster}",
                row.TextOrNull("system_identifier") is { } own ? $"{tool} says that the server's is {own}" : "the server's is not"
            );
    }

    void ReadStorage(NpgsqlDataReader row)
    {
        var instance = FactsOf(row.Text("server"));
        if (StorageRow.AddTo(instance.Storages, row, _clock) is { } unreadable)
            Fail(instance, unreadable, row.Text("tool"));
    }

    /// <summary>A refused import counts as long as a list does. After that, the limits of the servers themselves are exceeded.</summary>
    ProbeFailure? Refused(NpgsqlDataReader row)
    {
        var at = row.Time("refused_at");
        var (tool, host) = (row.Text("tool"), row.Text("host"));
        return _clock.Since(at) > _staleAfter
            ? null
            : new(
                FailureReason.BadData,
                $"source catalog: the import from {tool} on host {host} was refused at {Humanize.Time(at)}, and the catalogue has no "
                    + $"server that it is known to be about: {PlainText.OnOneLine(row.Text("error"))}"
            )
            {
                Advice =
                    $"Repeat that import by hand on {host}, and read what it says: one that succeeds ends this. If {tool} is not used "
                    + $"there: {ForgetCommand.OfRefused(tool)}",
            };
    }

    void ReadRestoreTest(NpgsqlDataReader row) =>
        Change(row, BackupType.RestoreTest, facts => facts with { LastTest = RestoreTestRow.Read(row) });

    void Change(NpgsqlDataReader row, Func<BackupFacts, BackupFacts> change) =>
        Change(row, BackupTypeNames.Parse(row.Text("kind")), change);

    void Change(NpgsqlDataReader row, BackupType? type, Func<BackupFacts, BackupFacts> change)
    {
        var backups = FactsOf(row.Text("server")).Backups;
        var tool = row.Text("tool");
        var at = backups.FindIndex(facts => facts.Tool == tool && facts.Type == type);
        if (at >= 0)
            backups[at] = change(backups[at]);
    }

    DateTimeOffset? Plausible(InstanceFacts instance, NpgsqlDataReader row, string column, string tool, BackupType type, string what)
    {
        if (row.NumberOrNull(column) is not { } seconds)
            return null;
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
            Advice = importOf is null
                ? "Look at that row of backup_metrics.backup_catalog and at the clock of the host that it came from."
                : $"Repeat the command that imports the list of {importOf} by hand where it is run, and read what it says. "
                    + $"If {importOf} no longer backs this server up: {ForgetCommand.Of(instance.Name, importOf)}",
        };

    /// <summary>
    /// Parses the sizes that the query joined with commas, newest first. There may be thousands of rows, so only the list is allocated.
    /// </summary>
    List<long?> Sizes(ReadOnlySpan<char> text)
    {
        _sizes.Clear();
        foreach (var part in text.Split(','))
            _sizes.Add(long.TryParse(text[part], out var size) ? size : null);
        return _sizes;
    }
}
