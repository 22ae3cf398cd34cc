using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Integration;

/// <summary>check_pgbackrest, which others trust with the same question, asked about the same real repositories of pgBackRest.</summary>
public sealed class SecondOpinionTests
{
    [Fact]
    public async Task Check_pgbackrest_agrees_on_a_whole_repository_and_on_one_with_a_hole()
    {
        var other = Tool.Find("check_pgbackrest", "apt-get install check-pgbackrest");
        await using var catalogue = await CatalogDatabase.CreateAsync();
        await using var server = await PostgresServer.StartAsync(new() { Archiving = true });
        using var folder = new TempFolder();
        var stanza = await PgBackRestStanza.CreateAsync(folder, server);
        await stanza.RunAsync("--type=full backup");
        var segments = await server.ArchiveSegmentsAsync(4);
        await stanza.RunAsync("--type=incr backup");
        var after = await server.ArchiveSegmentsAsync(4);
        var listed = new ListedArchive(catalogue);

        var (ours, theirs) = await AskBothAsync();
        Assert.DoesNotContain("CRITICAL", ours, StringComparison.Ordinal);
        Assert.StartsWith("WAL_ARCHIVES OK", theirs, StringComparison.Ordinal);

        Delete(after[1]);
        (ours, theirs) = await AskBothAsync();
        Assert.Contains($"CRITICAL            the WAL archive has a hole: {after[1]} is missing", ours, StringComparison.Ordinal);
        Assert.StartsWith("WAL_ARCHIVES CRITICAL", theirs, StringComparison.Ordinal);
        Assert.Contains(after[1], theirs, StringComparison.Ordinal);

        // What a restore of a newer backup does not need is no critical hole by either word: only moments before it are lost.
        await stanza.RunAsync("--type=full backup");
        (ours, theirs) = await AskBothAsync();
        Assert.DoesNotContain("CRITICAL", ours, StringComparison.Ordinal);
        Assert.Contains($": {after[1]} is missing. A restore of the incr backup of", ours, StringComparison.Ordinal);
        Assert.StartsWith("WAL_ARCHIVES WARNING - wrong sequence, 1 missing", theirs, StringComparison.Ordinal);
        Delete(segments[1]);
        (ours, theirs) = await AskBothAsync();
        Assert.DoesNotContain("CRITICAL", ours, StringComparison.Ordinal);
        Assert.StartsWith("WAL_ARCHIVES WARNING - wrong sequence, 2 missing", theirs, StringComparison.Ordinal);

        void Delete(string segment) =>
            File.Delete(Assert.Single(Directory.EnumerateFiles(folder.File("repo"), segment + "-*", SearchOption.AllDirectories)));

        async Task<(string Ours, string Theirs)> AskBothAsync()
        {
            await stanza.ImportAsync(catalogue);
            var asked = await ChildProcess.RunAsync(
                other,
                ["--service=archives", "--stanza=orders", "--config=" + stanza.Configuration, "--repo=1"],
                new() { Unprivileged = true }
            );
            return (await listed.ShowAsync(server), asked.Output);
        }
    }
}
