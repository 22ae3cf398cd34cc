using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Integration;

/// <summary>check_pgbackrest, which others trust with the same question, asked about the same real repositories of pgBackRest.</summary>
public sealed class SecondOpinionTests
{
    [Fact]
    public async Task Check_pgbackrest_agrees_on_a_whole_repository_and_on_one_with_a_hole()
    {
        var program = Tool.Find("pgbackrest", "apt-get install pgbackrest");
        var other = Tool.Find("check_pgbackrest", "apt-get install check-pgbackrest");
        await using var catalogue = await CatalogDatabase.StartAsync();
        await using var server = await PostgresServer.StartAsync(new() { Archiving = true });
        using var folder = new TempFolder();
        var file = folder.Write("pgbackrest.conf", ToolConfiguration.PgBackRest(folder.File, server, "repo1-retention-full=9"));
        await PostgresTemplate.GiveToServerUserAsync(folder.Path);
        await PgBackRestAsync("stanza-create");
        await server.SetAsync("archive_command", $"pgbackrest --config={file} --stanza=orders archive-push %p");
        await PgBackRestAsync("--type=full backup");
        var segments = await ListedArchive.LoadAsync(server, 4);
        await PgBackRestAsync("--type=incr backup");
        var after = await ListedArchive.LoadAsync(server, 4);
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
        await PgBackRestAsync("--type=full backup");
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
            await ImportAsync("pgbackrest", await PgBackRestAsync("info --output=json"));
            await ImportAsync("archive", await PgBackRestAsync("repo-ls --recurse --output=json archive/orders"), "--storage", "repo1");
            var asked = await ChildProcess.RunAsync(
                other,
                ["--service=archives", "--stanza=orders", "--config=" + file, "--repo=1"],
                new() { Unprivileged = true }
            );
            return (await listed.ShowAsync(server), asked.Output);
        }

        Task<string> PgBackRestAsync(string arguments) =>
            ChildProcess.RunSuccessfullyAsync(
                program,
                ["--config=" + file, "--stanza=orders", .. arguments.Split(' ')],
                new() { Unprivileged = true }
            );

        async Task ImportAsync(string what, string list, params string[] more)
        {
            var imported = await BackupMetrics.RunAsync(
                ["import", what, "--server", "orders", "--connection", catalogue.Uri, .. more],
                environment: null,
                list
            );
            Assert.True(imported.ExitCode == 0, imported.Error);
        }
    }
}
