using System.Globalization;
using System.Text.RegularExpressions;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Drill;

/// <summary>Worlds in which everybody says that all is well, followed by a drill: it tells to the second what is missing.</summary>
public sealed class DrillLabTests
{
    /// <summary>
    /// While its repository cannot be written, archive-push-queue-max lets pgBackRest drop WAL and say that it stored it.
    /// </summary>
    [Fact]
    public async Task WAL_that_pgbackrest_dropped()
    {
        await using var place = await DrillPlace.CreateAsync();
        await using var server = await PostgresServer.StartAsync(new() { Archiving = true });
        var program = Tool.Find("pgbackrest", "apt-get install pgbackrest");
        var config = place.Write(
            "pgbackrest.conf",
            ToolConfiguration.PgBackRest(
                place.File,
                server,
                "repo1-retention-full=9",
                $"spool-path={place.File("spool")}",
                "archive-push-queue-max=32MB",
                "compress-type=none"
            )
        );
        place.Give();
        await PgBackRestAsync("stanza-create");
        await server.SetAsync("archive_command", $"pgbackrest --config={config} --stanza=orders archive-push %p");
        await PgBackRestAsync("backup");
        var last = await CommitAsync(server, "before_it");
        await server.ArchiveSegmentsAsync(1);
        var archive = place.File("repo/archive");
        Directory.Move(archive, archive + ".away");
        await File.WriteAllTextAsync(archive, "");
        await CommitAsync(server, "dropped");
        var dropped = await server.ArchiveSegmentsAsync(6, stillWaiting: 2);
        File.Delete(archive);
        Directory.Move(archive + ".away", archive);
        await CommitAsync(server, "after_it");
        await server.ArchiveSegmentsAsync(2);
        await server.SettleAsync();
        var before = DrillPlace.Fingerprint(place.File("repo"), server.DataDirectory + "/base");

        var result = await place.RunAsync([
            .. (string[])["--tool", "pgbackrest", "--stanza", "orders", "--tool-config", config],
            .. (string[])["--connection", server.ConnectionUri(), "--query", Only(place, "before_it")],
        ]);

        AssertShortfall(result, last, $"The first that did not come: {dropped[0]} ");
        DrillPage.AssertFirstOutput(result);
        Assert.Equal(before, DrillPlace.Fingerprint(place.File("repo"), server.DataDirectory + "/base"));
        Assert.Empty(place.Left());

        Task PgBackRestAsync(string command) =>
            ChildProcess.RunSuccessfullyAsync(program, ["--config=" + config, "--stanza=orders", command], new() { Unprivileged = true });
    }

    /// <summary>The old primary's archiver fails, a standby streams on and marks it all as archived, and is promoted.</summary>
    [Fact]
    public async Task A_failover_over_a_hole()
    {
        await using var place = await DrillPlace.CreateAsync();
        await using var old = await PostgresServer.StartAsync(new() { Archiving = true });
        var backup = await old.BaseBackupAsync();
        var last = await CommitAsync(old, "before_it");
        await old.WaitForArchivedAsync(await old.SwitchWalAsync());
        await using var promoted = await old.CreateStandbyAsync(
            new() { Archiving = true, Settings = { ["archive_command"] = old.StoreCommand } }
        );
        old.BreakArchiver();
        await CommitAsync(old, "lost");
        var missing = await old.SwitchWalAsync();
        await CommitAsync(old, "lost_too");
        await old.SwitchWalAsync();
        var now = await old.ScalarAsync<string>("SELECT pg_current_wal_lsn()::text");
        await promoted.WaitForAsync("the standby to follow", $"SELECT pg_last_wal_replay_lsn() >= '{now}'");
        await old.CrashAsync();
        await promoted.PromoteAsync();
        await CommitAsync(promoted, "after_it");
        await promoted.WaitForArchivedAsync(await promoted.SwitchWalAsync());
        await promoted.SettleAsync();
        var before = DrillPlace.Fingerprint(backup, old.ArchiveDirectory, promoted.DataDirectory + "/base");

        var result = await place.RunAsync([
            .. (string[])["--tool", "pg_basebackup", "--server", "orders", "--directory", backup, "--archive", old.ArchiveDirectory],
            .. (string[])["--connection", promoted.ConnectionUri(), "--query", Only(place, "before_it")],
        ]);

        AssertShortfall(result, last, $"The first that did not come: {missing} ");
        Assert.Equal(before, DrillPlace.Fingerprint(backup, old.ArchiveDirectory, promoted.DataDirectory + "/base"));
        Assert.Empty(place.Left());
    }

    /// <summary>When it was committed, by the server's clock.</summary>
    static async Task<DateTimeOffset> CommitAsync(PostgresServer server, string table)
    {
        await server.ExecuteAsync($"CREATE TABLE {table} AS SELECT now() AS at");
        var at = await server.ScalarAsync<double>($"SELECT extract(epoch FROM at)::float8 FROM {table}");
        return DateTimeOffset.UnixEpoch.AddSeconds(at);
    }

    static string Only(DrillPlace place, string table) =>
        place.Write(
            "only.sql",
            $"SELECT array_agg(relname::text) = '{{{table}}}' FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        );

    /// <summary>What is missing is the claimed time minus the last transaction's: both are in the summary to the second.</summary>
    static void AssertShortfall(ProcessResult result, DateTimeOffset last, string missing)
    {
        Assert.True(result.ExitCode == 0, result.Error);
        var claimed = Time(@"claim: all until ([0-9-]+ [0-9:]+) UTC");
        var came = Time(@", last transaction at ([0-9-]+ [0-9:]+) UTC");
        Assert.InRange(came, last.AddSeconds(-1), last.AddSeconds(1));
        var behind = Regex.Match(result.Error, @"\nWARNING restored in [0-9]+ s, ([0-9]+) s behind what was claimed: ").Groups[1].Value;
        Assert.True(behind.Length > 0, result.Error);
        var seconds = double.Parse(behind, CultureInfo.InvariantCulture);
        Assert.InRange(seconds, (claimed - came).TotalSeconds - 1, (claimed - came).TotalSeconds + 1);
        Assert.Contains(missing, result.Error, StringComparison.Ordinal);

        DateTimeOffset Time(string pattern) =>
            DateTimeOffset.Parse(
                Regex.Match(result.Error, pattern).Groups[1].Value,
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal
            );
    }
}
