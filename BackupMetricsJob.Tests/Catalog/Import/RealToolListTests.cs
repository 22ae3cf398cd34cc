using BackupMetricsJob.Backups;
using BackupMetricsJob.Catalog;

namespace BackupMetricsJob.Tests.Catalog.Import;

public class RealToolListTests
{
    [Fact]
    public async Task Every_fixture_says_the_same_when_it_is_read_again()
    {
        foreach (var (tool, file) in Reading.Fixtures)
            Assert.Equal(await Reading.TextOf(tool, Reading.Fixture(file)), await Reading.TextOf(tool, Reading.Fixture(file)));
    }

    [Fact]
    public async Task PgBackRest_lists_a_full_a_diff_and_two_incr()
    {
        var rows = await Reading.Rows("pgbackrest", Reading.Fixture("pgbackrest/info_10_full_diff_incr.json"));

        Assert.Equal(
            [
                "20261122-082043F",
                "20261122-082043F_20261122-082055D",
                "20261122-082043F_20261122-082059I",
                "20261122-082043F_20261122-082104I",
            ],
            rows.Select(row => row.BackupId)
        );
        Assert.Equal([BackupType.Full, BackupType.Diff, BackupType.Incr, BackupType.Incr], rows.Select(row => row.Type));
        Assert.Equal(
            new CatalogRow("main", "pgbackrest", BackupType.Diff, "20261122-082043F_20261122-082055D", BackupStatus.Done)
            {
                Storage = "repo1",
                Started = Reading.Utc("2026-11-22T08:20:55"),
                Finished = Reading.Utc("2026-11-22T08:20:57"),
                SizeBytes = 32020430,
                StoredBytes = 305873,
                ParentId = "20261122-082043F",
                StartLsn = 0x2D000028,
                StopLsn = 0x2D000100,
                StartWal = "00000001000000000000002D",
                StopWal = "00000001000000000000002D",
                Timeline = 1,
                PgVersionNumber = 150000,
                SystemIdentifier = 7710900938604473966,
                HasErrors = false,
            },
            rows[1] with
            {
                Raw = null,
            }
        );
        Assert.StartsWith("{\"archive\":{\"start\":\"00000001000000000000002D\"", rows[1].Raw, StringComparison.Ordinal);
        Assert.Equal([("main", null)], await Reading.Servers("pgbackrest", Reading.Fixture("pgbackrest/info_20_lock_held.json")));
    }

    [Theory]
    [InlineData("pgbackrest/info_02_unknown_stanza.json", "nosuch", "code 1: missing stanza path; repo1: code 1: missing stanza path")]
    public async Task PgBackRests_error_states_are_errors_of_the_server(string file, string server, string error)
    {
        Assert.Empty(await Reading.Rows("pgbackrest", Reading.Fixture(file)));
        Assert.Equal([(server, error)], await Reading.Servers("pgbackrest", Reading.Fixture(file)));
    }

    [Fact]
    public async Task No_valid_backups_is_an_answer_and_no_error()
    {
        Assert.Empty(await Reading.Rows("pgbackrest", Reading.Fixture("pgbackrest/info_03_no_valid_backups.json")));
        Assert.Equal([("main", null)], await Reading.Servers("pgbackrest", Reading.Fixture("pgbackrest/info_03_no_valid_backups.json")));
    }

    [Fact]
    public async Task PgBackRest_without_a_stanza_lists_nothing_and_an_error_of_the_server_that_was_asked_for()
    {
        Assert.Empty(await Reading.Of("pgbackrest", Reading.Fixture("pgbackrest/info_00_no_repo_content.json")));
        Assert.Equal(
            [new ListingItem.CompleteServer("main", "pgbackrest does not list main")],
            await Reading.Of("pgbackrest", Reading.Fixture("pgbackrest/info_00_no_repo_content.json"), Reading.Options("main"))
        );
    }

    [Fact]
    public async Task Barman_lists_finished_backups_and_a_failed_one()
    {
        var items = await Reading.Of("barman", Reading.Fixture("barman/list_backups_all.json"));

        Assert.Equal(
            [
                new ListingItem.Backup(
                    new CatalogRow("pgrsync", "barman", BackupType.Full, "20261122T082647", BackupStatus.Failed)
                    {
                        Started = Reading.Utc("2026-11-22T08:26:47"),
                        Raw = "{\"backup_id\": \"20261122T082647\", \"status\": \"FAILED\"}",
                    }
                ),
                new ListingItem.Backup(
                    new CatalogRow("pgrsync", "barman", BackupType.Full, "20261122T082632", BackupStatus.Done)
                    {
                        Finished = Reading.Utc("2026-11-22T08:26:38"),
                        StoredBytes = 57334330,
                        SizesAreComparable = false,
                    }
                ),
                new ListingItem.Backup(
                    new CatalogRow("pgrsync", "barman", BackupType.Full, "20261122T082540", BackupStatus.Done)
                    {
                        Finished = Reading.Utc("2026-11-22T08:25:46"),
                        StoredBytes = 54508090,
                        SizesAreComparable = false,
                    }
                ),
                new ListingItem.CompleteServer("pgrsync", null),
                new ListingItem.Backup(
                    new CatalogRow("pgstream", "barman", BackupType.Full, "20261122T082621", BackupStatus.Done)
                    {
                        Finished = Reading.Utc("2026-11-22T08:26:26"),
                        StoredBytes = 54645838,
                        SizesAreComparable = false,
                    }
                ),
                new ListingItem.CompleteServer("pgstream", null),
            ],
            items.Select(item =>
                item is ListingItem.Backup { Row: { Status: BackupStatus.Done } row }
                    ? new ListingItem.Backup(row with { Raw = null })
                    : item
            )
        );
    }

    [Fact]
    public async Task Barmans_warnings_are_no_server()
    {
        Assert.Equal(
            [new ListingItem.CompleteServer("pgrsync", null), new ListingItem.CompleteServer("pgstream", null)],
            await Reading.Of("barman", Reading.Fixture("barman/list_backups_all_00_empty.json"))
        );
    }

    [Fact]
    public async Task Barman_shows_one_backup_and_says_nothing_of_the_others()
    {
        var shown = Assert.IsType<ListingItem.Backup>(
            Assert.Single(await Reading.Of("barman", Reading.Fixture("barman/show_backup_pgrsync_latest.json")))
        );

        Assert.Equal(
            new CatalogRow("pgrsync", "barman", BackupType.Full, "20261122T082632", BackupStatus.Done)
            {
                Started = Reading.Utc("2026-11-22T08:26:32"),
                Finished = Reading.Utc("2026-11-22T08:26:38"),
                SizeBytes = 40557114,
                StoredBytes = 17425247,
                StartLsn = 0x65000028,
                StopLsn = 0x65000100,
                StartWal = "000000010000000000000065",
                StopWal = "000000010000000000000065",
                Timeline = 1,
                PgVersionNumber = 150020,
            },
            shown.Row with
            {
                Raw = null,
            }
        );
    }

    [Fact]
    public async Task WalG_lists_fulls_and_deltas_with_their_parents()
    {
        var items = await Reading.Of("wal-g", Reading.Fixture("walg/backup_list_detail.json"));
        var rows = items.OfType<ListingItem.Backup>().Select(backup => backup.Row).ToList();

        Assert.Equal([BackupType.Full, BackupType.Full, BackupType.Incr, BackupType.Incr], rows.Select(row => row.Type));
        Assert.Equal(
            [null, null, "base_000000010000000100000041", "base_000000010000000100000050_D_000000010000000100000041"],
            rows.Select(row => row.ParentId)
        );
        Assert.Equal(
            new CatalogRow("db1", "wal-g", BackupType.Full, "base_00000001000000000000002B", BackupStatus.Done)
            {
                Started = Reading.Utc("2026-11-15T01:00:02.049923"),
                Finished = Reading.Utc("2026-11-15T01:00:18.084199"),
                SizeBytes = 29194190,
                StoredBytes = 3304634,
                StartLsn = 721420328,
                StopLsn = 721420544,
                StartWal = "00000001000000000000002B",
                Timeline = 1,
                PgVersionNumber = 150020,
                SystemIdentifier = 7710900938604473966,
                KeepUntil = DateTimeOffset.MaxValue,
            },
            rows[0] with
            {
                Raw = null,
            }
        );
        Assert.Equal(new ListingItem.CompleteServer("db1", null), items[^1]);
        Assert.Equal(
            [new ListingItem.CompleteServer("db1", null)],
            await Reading.Of("wal-g", Reading.Fixture("walg/backup_list_detail_empty.json"))
        );
    }

    [Fact]
    public async Task Pghoard_lists_a_backup_of_every_mode()
    {
        var items = await Reading.Of("pghoard", Reading.Fixture("pghoard/http_basebackups.json"));
        var rows = items.OfType<ListingItem.Backup>().Select(backup => backup.Row with { Raw = null }).ToList();

        Assert.Equal(
            [
                ("2026-11-22_08-31_0", "2026-11-22T08:31:19", "2026-11-22T08:31:38.276655", 24277504L, 2165328L),
                ("2026-11-22_08-33_1", "2026-11-22T08:33:54", "2026-11-22T08:33:58.421835", 25276416, 2178580),
                ("2026-11-22_08-33_0.00000000.pghoard", "2026-11-22T08:33:16", "2026-11-22T08:33:21.566573", 26060820, 2199044),
                ("2026-11-22_08-32_0.00000000.pghoard", "2026-11-22T08:32:41", "2026-11-22T08:32:47.165726", 26224640, 2182120),
                ("2026-11-22_08-34_0.00000000.pghoard", "2026-11-22T08:34:28", "2026-11-22T08:34:32.609642", 26644480, 2185992),
            ],
            rows.Select(row =>
                (
                    row.BackupId,
                    $"{row.Started:yyyy-MM-dd'T'HH:mm:ss.FFFFFF}",
                    $"{row.Finished:yyyy-MM-dd'T'HH:mm:ss.FFFFFF}",
                    row.SizeBytes!.Value,
                    row.StoredBytes!.Value
                )
            )
        );
        Assert.All(
            rows,
            row => Assert.Equal(("example-site", BackupType.Full, 150020, 1), (row.Server, row.Type, row.PgVersionNumber, row.Timeline))
        );
        Assert.Equal(("000000010000000000000011", "000000010000000000000011"), (rows[2].StartWal, rows[2].StopWal));
        Assert.Equal(["example-site"], items.OfType<ListingItem.CompleteServer>().Select(list => list.Name));
    }
}
