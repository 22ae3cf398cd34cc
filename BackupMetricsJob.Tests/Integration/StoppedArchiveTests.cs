using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Integration;

/// <summary>
/// From some moment on archive_command says yes and stores nothing, while the server archives all the time. What it had archived before the
/// listing was made is missing in it, and a restore ends where the listing ends. Nobody waits five minutes here: the listing is dated so.
/// </summary>
public sealed class StoppedArchiveTests
{
    const string Ends = "CRITICAL            the WAL archive ends too early: ";

    /// <summary>As if it had been made five minutes later, less what the server needs to be asked.</summary>
    const string Date = "UPDATE backup_metrics.archive_listing SET listed_at = listed_at + interval '295 s'";

    const string QuarterOfAnHour = "UPDATE backup_metrics.archive_listing SET asked_at = asked_at - interval '15 min'";

    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task By_the_marks_of_a_server_that_archives_all_the_time(int version)
    {
        using var folder = new TempFolder();
        await using var server = await StartAsync(folder, version);
        await using var catalogue = await CatalogDatabase.CreateAsync();
        var archive = new ListedArchive(catalogue);
        var backup = await server.BaseBackupAsync();
        await archive.BackupIsKnownAsync(server);
        await using var busy = new Busy(server);
        await busy.WaitForAsync(15);
        await archive.ListAsync(server.ArchiveDirectory);
        await catalogue.Database.ExecuteAsync(Date);
        var whole = await archive.ShowAsync(server);
        Assert.DoesNotContain("CRITICAL", whole, StringComparison.Ordinal);
        Assert.Contains("whole from the full backup", whole, StringComparison.Ordinal);

        await File.WriteAllTextAsync(folder.File("stop"), "");
        await server.WaitForAsync("a segment to be dropped", () => Task.FromResult(FirstDropped(folder) is not null));
        var dropped = FirstDropped(folder);
        await busy.WaitForAsync(15);
        await catalogue.Database.ExecuteAsync("DELETE FROM backup_metrics.archive_listing");
        await archive.ListAsync(server.ArchiveDirectory);
        await catalogue.Database.ExecuteAsync(Date);
        var said = await archive.ShowAsync(server);
        var metrics = await archive.MetricsAsync(server);

        Assert.Contains("WAL archiving       ok", said, StringComparison.Ordinal);
        Assert.Contains($"{Ends}{dropped} is missing", said, StringComparison.Ordinal);
        Assert.Contains("although the server says that it was archived", said, StringComparison.Ordinal);
        Assert.Contains("of work at least: a restore ends where the archive has a hole", said, StringComparison.Ordinal);
        Assert.DoesNotContain(
            "postgres_wal_archive_missing_segments{instance=\"orders\",storage=\"default\"} 0\n",
            metrics,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "postgres_recovery_point_evidence{instance=\"orders\",evidence=\"archive\"} 1\n",
            metrics,
            StringComparison.Ordinal
        );
        await busy.DisposeAsync();
        await ListedArchive.RestoreIsAsPredictedAsync(server, backup, said, null);
    }

    /// <summary>Asked before the listing, its word needs no marks, and the run need not ask the server.</summary>
    [Fact]
    public async Task By_what_the_server_said_before_the_listing()
    {
        using var folder = new TempFolder();
        await using var server = await StartAsync(folder, 15);
        await using var catalogue = await CatalogDatabase.CreateAsync();
        var archive = new ListedArchive(catalogue);
        var backup = await server.BaseBackupAsync();
        await archive.BackupIsKnownAsync(server);
        var stored = await server.ArchiveSegmentsAsync(2);
        await archive.ListAsync(server.ArchiveDirectory, archived: await ArchivedAsync());
        Assert.DoesNotContain("CRITICAL", await archive.ShowAsync(server), StringComparison.Ordinal);
        await File.WriteAllTextAsync(folder.File("stop"), "");
        var dropped = await server.ArchiveSegmentsAsync(3);
        await archive.ListAsync(server.ArchiveDirectory);
        Assert.DoesNotContain("CRITICAL", await archive.ShowAsync(server), StringComparison.Ordinal);
        await archive.ListAsync(server.ArchiveDirectory, archived: await ArchivedAsync());

        foreach (var asked in new[] { server, null })
        {
            var said = await archive.ShowAsync(asked);
            Assert.Contains(
                $"{Ends}{dropped[0]} is missing, 3 segments in all, although the server had archived {dropped[2]} before it was listed",
                said,
                StringComparison.Ordinal
            );
            Assert.Equal(stored[^1][8..], ListedArchive.Predicted(said));
        }

        Assert.Contains(
            "postgres_wal_archive_missing_segments{instance=\"orders\",storage=\"default\"} 3\n",
            await archive.MetricsAsync(server),
            StringComparison.Ordinal
        );
        await ListedArchive.RestoreIsAsPredictedAsync(server, backup, await archive.ShowAsync(server), stored[^1]);

        Task<string> ArchivedAsync() => server.ScalarAsync<string>("SELECT last_archived_wal FROM pg_stat_archiver");
    }

    /// <summary>A run that imports the listing asks the server, too: what it says must be in the listing after the next.</summary>
    [Fact]
    public async Task By_what_the_server_said_when_an_older_listing_was_imported()
    {
        using var folder = new TempFolder();
        await using var server = await StartAsync(folder, 15);
        await using var catalogue = await CatalogDatabase.CreateAsync();
        var archive = new ListedArchive(catalogue);
        await server.BaseBackupAsync();
        await archive.BackupIsKnownAsync(server);
        var stored = await server.ArchiveSegmentsAsync(2);
        await archive.RunAsync(server, folder);
        await catalogue.Database.ExecuteAsync(QuarterOfAnHour);
        await File.WriteAllTextAsync(folder.File("stop"), "");
        var dropped = await server.ArchiveSegmentsAsync(3);
        await archive.RunAsync(server, folder);
        Assert.Equal($"{stored[^1]} {dropped[^1]}", await SaidAsync());
        Assert.DoesNotContain("CRITICAL", await archive.ShowAsync(null), StringComparison.Ordinal);

        // So soon after it was asked, the listing may have been made before.
        await archive.RunAsync(server, folder);
        Assert.Equal($"{stored[^1]} {dropped[^1]}", await SaidAsync());

        await catalogue.Database.ExecuteAsync(QuarterOfAnHour);
        await archive.RunAsync(server, folder);

        Assert.Contains(
            $"{Ends}{dropped[0]} is missing, 3 segments in all, although the server had archived {dropped[2]} before it was listed",
            await archive.ShowAsync(null),
            StringComparison.Ordinal
        );

        // What stays so in the listings to come.
        await archive.RunAsync(server, folder);
        Assert.Contains($"{Ends}{dropped[0]} is missing", await archive.ShowAsync(null), StringComparison.Ordinal);

        Task<string> SaidAsync() =>
            catalogue.Database.ScalarAsync<string>("SELECT concat_ws(' ', archived_wal, asked_wal) FROM backup_metrics.archive_listing");
    }

    /// <summary>The catalogue alone: a later backup needs WAL that is not in the listing.</summary>
    [Fact]
    public async Task By_a_backup_that_was_done_before_the_listing()
    {
        using var folder = new TempFolder();
        await using var server = await StartAsync(folder, 17);
        await using var catalogue = await CatalogDatabase.CreateAsync();
        var archive = new ListedArchive(catalogue);
        var backup = await server.BaseBackupAsync();
        var first = await ListedArchive.ReadBackupAsync(server, 1);
        var stored = await server.ArchiveSegmentsAsync(2);
        await File.WriteAllTextAsync(folder.File("stop"), "");
        await server.ArchiveSegmentsAsync(2);
        var stop = await server.SwitchWalAsync();
        var second = CatalogDatabase.Backup(2) with
        {
            Started = first.Finished,
            Finished = new(await server.ScalarAsync<DateTime>("SELECT now()")),
            StartWal = stop,
            StopWal = stop,
        };
        Assert.Null((await catalogue.ImportAsync(first, second)).Failure);
        await archive.ListAsync(server.ArchiveDirectory);

        var said = await archive.ShowAsync(null);

        Assert.Contains(Ends, said, StringComparison.Ordinal);
        Assert.Contains("3 segments in all, although the full backup of", said, StringComparison.Ordinal);
        Assert.Contains("WARNING             1 of the 2 newest full backups of wal-g cannot be restored", said, StringComparison.Ordinal);
        await ListedArchive.RestoreIsAsPredictedAsync(server, backup, said, stored[^1]);
    }

    [Fact]
    public async Task A_listing_of_another_server_fails_the_source()
    {
        await using var server = await PostgresServer.StartAsync(new() { Archiving = true });
        await using var other = await PostgresServer.StartAsync(new() { Archiving = true });
        await using var catalogue = await CatalogDatabase.CreateAsync();
        var archive = new ListedArchive(catalogue);
        await server.BaseBackupAsync();
        await archive.BackupIsKnownAsync(server);
        var last = await other.ArchiveSegmentsAsync(9);
        await archive.ListAsync(other.ArchiveDirectory);

        var said = await archive.ShowAsync(server);

        Assert.Contains("CRITICAL            the probe failed (bad_data): source catalog: the listing of ", said, StringComparison.Ordinal);
        Assert.Contains(
            $"of the archive \"default\" of orders is another server's: it ends with {last[^1]}, and the server has written WAL up to ",
            said,
            StringComparison.Ordinal
        );
        Assert.DoesNotContain("archive listed", said, StringComparison.Ordinal);
        Assert.Contains(
            "postgres_backup_source_success{instance=\"orders\",source=\"catalog\"} 0\n",
            await archive.MetricsAsync(server),
            StringComparison.Ordinal
        );
    }

    static string? FirstDropped(TempFolder folder) =>
        File.Exists(folder.File("dropped")) ? File.ReadLines(folder.File("dropped")).FirstOrDefault() : null;

    /// <summary>A server whose archive_command is a script that drops everything as soon as a file says stop.</summary>
    static async Task<PostgresServer> StartAsync(TempFolder folder, int version)
    {
        // A checkpoint would remove the marks with the segments.
        var server = await PostgresServer.StartAsync(
            new()
            {
                Version = version,
                Archiving = true,
                Settings = { ["wal_keep_size"] = "8GB" },
            }
        );
        PostgresTemplate.GiveToServerUser(folder.Path);
        var script = folder.Write(
            "archive.sh",
            $"[ ! -e {folder.File("stop")} ] || {{ echo \"$2\" >> {folder.File("dropped")}; exit 0; }}\n"
                + $"cp \"$1\" {server.ArchiveDirectory}/.\"$2\" && mv {server.ArchiveDirectory}/.\"$2\" {server.ArchiveDirectory}/\"$2\"\n"
        );
        PostgresTemplate.GiveToServerUser(folder.Path);
        await server.SetAsync("archive_command", $"sh {script} %p %f");
        return server;
    }

    /// <summary>Fills a segment four times a second until it is disposed of.</summary>
    sealed class Busy : IAsyncDisposable
    {
        readonly PostgresServer _server;
        readonly Task _working;
        volatile bool _isStopped;

        public Busy(PostgresServer server)
        {
            _server = server;
            _working = WorkAsync();
        }

        /// <summary>For so many seconds by the server's clock.</summary>
        public async Task WaitForAsync(int seconds)
        {
            var since = await _server.ScalarAsync<DateTime>("SELECT now()");
            await _server.WaitForAsync("time to pass", $"SELECT now() > '{since:O}'::timestamptz + interval '{seconds} s'");
        }

        public async ValueTask DisposeAsync()
        {
            _isStopped = true;
            await _working;
        }

        async Task WorkAsync()
        {
            while (!_isStopped)
            {
                await _server.SwitchWalAsync();
                await _server.ExecuteAsync("SELECT pg_sleep(0.25)");
            }
        }
    }
}
