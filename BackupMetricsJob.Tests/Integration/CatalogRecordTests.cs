using BackupMetricsJob.Backups;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Integration;

/// <summary>record: what the script around pg_dump, or around a restore, did.</summary>
public sealed class CatalogRecordTests : IAsyncLifetime
{
    const string Columns = """
        SELECT concat_ws('|', server, tool, kind, storage, backup_id, status, to_char(started_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.MS'),
          to_char(finished_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.MS'), size_bytes, stored_bytes, parent_id, database, error)
        FROM backup_metrics.backup_catalog ORDER BY backup_id
        """;

    CatalogDatabase _catalogue = null!;

    public async Task InitializeAsync() => _catalogue = await CatalogDatabase.CreateAsync();

    public async Task DisposeAsync() => await _catalogue.DisposeAsync();

    [Theory]
    [InlineData(
        "2026-11-20T03:00:00+01:00",
        "2026-11-20T02:30:00Z",
        "2026-11-20 02:00:00.000",
        "2026-11-20 02:30:00.000",
        "20261120T020000Z"
    )]
    [InlineData(
        "2026-11-20 03:00:00.250+00:00",
        "1795233600",
        "2026-11-20 03:00:00.250",
        "2026-11-21 04:00:00.000",
        "20261120T030000.250000Z"
    )]
    [InlineData("1795233600.5", "1795233601.123456789", "2026-11-21 04:00:00.500", "2026-11-21 04:00:01.123", "20261121T040000.500000Z")]
    public async Task A_dump_with_its_times_is_one_row_however_often_it_is_recorded(
        string started,
        string finished,
        string begin,
        string end,
        string id
    )
    {
        using var folder = new TempFolder();
        Directory.CreateDirectory(folder.File("dump/sub"));
        folder.Write("dump/toc.dat", new string('x', 1000));
        folder.Write("dump/sub/1.dat", new string('x', 234));
        string[] record =
        [
            "record",
            "--server",
            "orders",
            "--tool",
            "pg_dump",
            "--type",
            "logical",
            "--database",
            "o'rders",
            "--from-exit-code",
            "0",
            "--size-of",
            folder.File("dump"),
            "--size",
            "99999999999",
            "--started",
            started,
            "--finished",
            finished,
            "--connection",
            _catalogue.Uri,
        ];

        for (var time = 0; time < 2; time++)
        {
            var result = await BackupMetrics.RunAsync(record);
            Assert.Equal(
                (0, "", $"recorded logical \"o'rders-{id}\" of \"orders\" (pg_dump): done\n"),
                (result.ExitCode, result.Output, result.Error)
            );
        }

        Assert.Equal(
            [$"orders|pg_dump|logical|default|o'rders-{id}|done|{begin}|{end}|99999999999|1234|o'rders"],
            await _catalogue.Database.QueryAsync<string>(Columns)
        );
    }

    [Fact]
    public async Task A_failed_dump_is_a_failure_even_where_it_left_no_file()
    {
        var result = await RecordAsync(
            "--server orders --tool pg_dump --type logical --from-exit-code 3 --size-of /nowhere --id 1 --finished 2026-11-20T03:00:00Z"
        );
        await RecordAsync(
            "--server orders --tool pg_dump --type logical --from-exit-code 143 --id 2 --finished 2026-11-20T03:00:00Z --error killed"
        );

        Assert.Equal((0, "recorded logical \"1\" of \"orders\" (pg_dump): failed\n"), (result.ExitCode, result.Error));
        Assert.Equal(
            [
                "orders|pg_dump|logical|default|1|failed|2026-11-20 03:00:00.000|exit code 3",
                "orders|pg_dump|logical|default|2|failed|2026-11-20 03:00:00.000|killed",
            ],
            await _catalogue.Database.QueryAsync<string>(Columns)
        );
    }

    [Fact]
    public async Task Without_times_it_finished_now()
    {
        Assert.Equal(0, (await RecordAsync("--server orders --tool pg_basebackup --type full --from-exit-code 0")).ExitCode);
        Assert.Equal(0, (await RecordAsync("--server orders --tool pg_basebackup --type full --from-exit-code 0")).ExitCode);

        Assert.Equal(
            2,
            await _catalogue.Database.ScalarAsync<long>(
                "SELECT count(*) FROM backup_metrics.backup_catalog WHERE status = 'done' AND now() - finished_at BETWEEN "
                    + "interval '0' AND interval '60 s'"
            )
        );
    }

    [Fact]
    public async Task A_restore_test_stands_beside_the_backup_that_it_restored()
    {
        await _catalogue.ImportAsync(CatalogDatabase.Backup(1));

        Assert.Equal(
            0,
            (
                await RecordAsync(
                    "--server orders --tool wal-g --type restore_test --restored base_001 --from-exit-code 0 "
                        + "--finished 2026-11-21T03:00:00Z"
                )
            ).ExitCode
        );
        var taken = await RecordAsync("--server orders --tool wal-g --type restore_test --id base_001 --from-exit-code 1");

        Assert.Equal(
            (
                65,
                "backup-metrics: record: the catalogue has a backup \"base_001\" of \"orders\" (wal-g) that is not of type "
                    + "restore_test: give another --id\n"
            ),
            (taken.ExitCode, taken.Error)
        );
        Assert.Equal(
            "orders|wal-g|restore_test|default|restore_test-20261121T030000Z|done|2026-11-21 03:00:00.000|base_001",
            (await _catalogue.Database.QueryAsync<string>(Columns))[1]
        );
        Assert.Equal(
            "0 new, 0 changed, 1 gone, 0 unchanged",
            CatalogDatabase.Told(await _catalogue.ImportAsync(CatalogDatabase.List("orders"), allowEmpty: true))
        );
        Assert.Equal(["orders base_001 done gone", "orders restore_test-20261121T030000Z done"], await _catalogue.RowsAsync());
    }

    [Fact]
    public async Task The_end_of_a_backup_replaces_its_beginning()
    {
        await RecordAsync(
            "--server orders --tool wal-g --type full --id nightly --from-exit-code 1 --started 2026-11-20T03:00:00Z "
                + "--finished 2026-11-20T03:01:00Z"
        );
        await RecordAsync(
            "--server orders --tool wal-g --type full --id nightly --from-exit-code 0 --size 5 --finished 2026-11-20T04:00:00Z"
        );

        Assert.Equal(
            ["orders|wal-g|full|default|nightly|done|2026-11-20 03:00:00.000|2026-11-20 04:00:00.000|5"],
            await _catalogue.Database.QueryAsync<string>(Columns)
        );
        Assert.Equal(["orders wal-g full done 1"], (await _catalogue.CountsAsync()).Kept);
    }

    /// <summary>Without an archive only a backup with its WAL in it can be restored: what its files show, or what is said.</summary>
    [Theory]
    [InlineData("PG_VERSION,pg_wal/000000010000000000000002", "", true, "")]
    [InlineData("base.tar.gz,pg_wal.tar.gz", "", true, "")]
    [InlineData("PG_VERSION,pg_wal/archive_status/x", "", false, "full backup of pg_basebackup has no WAL in it")]
    [InlineData("base.tar,pg_wal.tar", " --wal none", false, "full backup of pg_basebackup has no WAL in it")]
    [InlineData("base.tar", "", false, "whether the newest full backup of pg_basebackup has its WAL in it is not known")]
    [InlineData("base.tar", " --wal fetch", true, "")]
    public async Task A_base_backup_is_recorded_with_whether_it_has_its_WAL(string files, string more, bool has, string finding)
    {
        using var folder = new TempFolder();
        foreach (var file in files.Split(','))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(folder.File("backup/" + file))!);
            folder.Write("backup/" + file, "x");
        }

        var result = await RecordAsync(
            $"--server it --tool pg_basebackup --type full --from-exit-code 0 --size-of {folder.File("backup")}{more}"
        );

        Assert.Equal(0, result.ExitCode);
        var probe = await Probe.OfAsync(
            _catalogue.Uri,
            instance: Probe.Instance with
            {
                Sources = [SourceName.Server, SourceName.Catalog],
            }
        );
        var byCatalogue = Assert.Single(Assert.Single(probe.Found).Backups);
        probe = probe with { Backups = [byCatalogue] };
        Assert.Equal(has, byCatalogue.CarriesItsWal);
        Assert.Equal(has, probe.Loss is not null);
        var said = string.Join('\n', Findings.For(probe).Select(found => found.Summary));
        Assert.Equal(!has, said.Contains("WAL in it", StringComparison.Ordinal));
        Assert.Contains(finding, said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_a_base_backup_has_WAL_in_it()
    {
        var result = await RecordAsync("--server it --tool pg_dump --type logical --from-exit-code 0 --wal stream");

        Assert.Equal(64, result.ExitCode);
        Assert.Contains("--wal: allowed only with a base backup, not with --type logical", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Many_at_once_are_all_recorded()
    {
        var results = await Task.WhenAll(
            Enumerable
                .Range(0, 6)
                .Select(i => RecordAsync($"--server orders --tool pg_dump --type logical --database d{i} --from-exit-code {i % 2}"))
        );

        Assert.All(results, result => Assert.Equal(0, result.ExitCode));
        Assert.Equal(["orders pg_dump logical done 3", "orders pg_dump logical failed 3"], (await _catalogue.CountsAsync()).Kept);
    }

    Task<ProcessResult> RecordAsync(string arguments) =>
        BackupMetrics.RunAsync(["record", .. arguments.Split(' '), "--connection", _catalogue.Uri]);
}
