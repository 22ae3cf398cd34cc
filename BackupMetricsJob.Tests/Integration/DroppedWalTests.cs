using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Integration;

/// <summary>
/// pgBackRest with archive-push-queue-max: while its repository cannot be written, it drops WAL and says that it stored it. Afterwards
/// its own word is "ok", and only the listing of its archive shows what a restore will find.
/// </summary>
public sealed class DroppedWalTests
{
    [Fact]
    public async Task What_pgbackrest_drops_is_seen_in_its_own_listing()
    {
        await using var catalogue = await CatalogDatabase.CreateAsync();
        await using var server = await PostgresServer.StartAsync(new() { Archiving = true });
        using var folder = new TempFolder();
        var stanza = await PgBackRestStanza.CreateAsync(
            folder,
            server,
            $"spool-path={folder.File("spool")}",
            "archive-push-queue-max=32MB"
        );
        await stanza.RunAsync("--type=full backup");
        await server.ExecuteAsync("CREATE TABLE before_it()");
        var last = await server.ArchiveSegmentsAsync(1);

        // Its folder is a file: nothing can be written there, as nothing can where a disk is full or credentials have expired.
        var archive = folder.File("repo/archive");
        Directory.Move(archive, archive + ".away");
        await File.WriteAllTextAsync(archive, "");
        await server.ExecuteAsync("CREATE TABLE dropped()");
        var dropped = await server.ArchiveSegmentsAsync(6, stillWaiting: 2); // As many as archive-push-queue-max allows.
        File.Delete(archive);
        Directory.Move(archive + ".away", archive);
        await server.ExecuteAsync("CREATE TABLE after_it()");
        await server.ArchiveSegmentsAsync(2);
        await stanza.ImportAsync(catalogue);

        var info = await stanza.RunAsync("info");
        var listed = new ListedArchive(catalogue);
        var said = await listed.ShowAsync(server);

        Assert.Contains("status: ok", info, StringComparison.Ordinal);
        Assert.Contains("WAL archiving       ok", said, StringComparison.Ordinal);
        Assert.Contains($"CRITICAL            the WAL archive has a hole: {dropped[0]} is missing", said, StringComparison.Ordinal);
        Assert.Equal(last[^1][8..], ListedArchive.Predicted(said));
        Assert.Equal(0, await RestoredAsync("SELECT count(*) FROM pg_class WHERE relname IN ('dropped', 'after_it')", last[^1]));

        // A full backup mends it: nothing else does.
        await stanza.RunAsync("--type=full backup");
        await stanza.ImportAsync(catalogue);
        Assert.DoesNotContain("CRITICAL", await listed.ShowAsync(server), StringComparison.Ordinal);

        async Task<long> RestoredAsync(string sql, string lastSegment)
        {
            var data = RunFolder.NewFolder("restored");
            PostgresTemplate.GiveToServerUser(data);
            // It is started from a copy, so where it is restored to is not where it runs.
            await stanza.RunAsync(
                $"--pg1-path={data} --archive-mode=off restore",
                $"--recovery-option=restore_command=pgbackrest --config={stanza.Configuration} --stanza=orders "
                    + "--pg1-path=\"$PWD\" archive-get %f \"%p\""
            );
            await using var restored = await server.StartRestoredAsync(data);
            Assert.Equal(lastSegment[8..], ListedArchive.LastRestored(restored));
            return await restored.ScalarAsync<long>(sql);
        }
    }
}
