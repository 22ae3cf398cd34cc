using BackupMetricsJob.Tests.Integration;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Drill;

/// <summary>
/// What says nothing about the backup: a setting that does not fit, a program that is not installed, time that ran out. It is told,
/// recorded and pushed as a drill without a verdict, never as a failed restore test.
/// </summary>
public sealed class UnfinishedDrillTests(DrilledServer drilled) : IClassFixture<DrilledServer>
{
    [Theory]
    [InlineData("--superuser clerks", "replay", "role \"clerks\" does not exist: name a superuser of that cluster with --superuser")]
    [InlineData("--query true.sql --database nowhere", "check", "database \"nowhere\" does not exist: name one of its databases")]
    [InlineData("--query number.sql", "check", "statement 1: must return true or false first, not a value of type integer")]
    [InlineData("--query wrong.sql", "check", "statement [0-9]: syntax error at or near \"SELEC\" .SQLSTATE 42601")]
    [InlineData("--query write.sql", "check", "cannot execute CREATE TABLE in a read-only transaction")]
    [InlineData(
        "--query escape.sql",
        "check",
        "(must be superuser|permission denied) .*to COPY to or from an external program|external program"
    )]
    [InlineData("--query extended.sql --database extended", "check", "The library of an extension is not installed in /")]
    [InlineData("--preload no_such_library", "replay", "The library no_such_library is not installed in this PostgreSQL")]
    [InlineData("--archive no_such_command_%f_%p", "replay", "restore_command cannot be run: .* ended with 127: ")]
    [InlineData("--archive /usr/bin", "preflight", "--archive /usr/bin: has no file that is named like a segment of WAL")]
    [InlineData("--query empty.sql", "preflight", "--query .*/empty.sql: there is no SELECT in it")]
    [InlineData("--query comment.sql", "preflight", "--query .*/comment.sql: there is no SELECT in it")]
    [InlineData("--query columnless.sql", "check", "--query, statement 1: returns no column, so nothing that could be true\n")]
    [InlineData("--query gone.sql", "preflight", "--query .*/gone.sql: there is no such file, or this user may not see it")]
    [InlineData("--archive /nowhere", "preflight", "--archive /nowhere: there is no such directory, or this user may not see it")]
    [InlineData("--bin-dir /nowhere", "preflight", "--bin-dir /nowhere: there is no such directory, or this user may not see it")]
    [InlineData(
        "--query nowhere.sql --connection LIVE",
        "check",
        "\"nowhere\" does not exist .*Nor has the live server in its database postgres"
    )]
    public async Task What_the_operator_has_to_mend(string more, string phase, string words)
    {
        await using var place = await DrillPlace.CreateAsync();
        foreach (
            var (name, sql) in new[]
            {
                ("true", "SELECT true"),
                ("number", "SELECT 1"),
                ("wrong", "SELECT true; SELEC"),
                ("write", "CREATE TABLE x (); SELECT true"),
                ("escape", $"COPY (SELECT 1) TO PROGRAM 'cat >{place.File("escaped")}'"),
                ("extended", "SELECT public.same('a', 'a')"),
                ("nowhere", "SELECT true FROM nowhere"),
                ("empty", ""),
                ("comment", "-- SELECT true;\n/* SELECT\n1 */ ;\n"),
                ("columnless", "SELECT FROM accounts"),
            }
        )
            place.Write(name + ".sql", sql);
        var own = more.Split(' ')
            .Select(one =>
                one.EndsWith(".sql", StringComparison.Ordinal) ? place.File(one)
                : one == "LIVE" ? drilled.Server.ConnectionUri()
                : one
            );
        string[] archive = more.Contains("--archive", StringComparison.Ordinal) ? [] : ["--archive", drilled.Archive];

        var result = await place.RunAsync([
            .. (string[])["--tool", "pg_basebackup", "--server", "orders", "--directory", drilled.Plain],
            .. archive,
            .. own,
        ]);

        place.AssertEnded(result, 78, "UNFINISHED", phase, words);
        Assert.False(File.Exists(place.File("escaped")));
        if (words.Contains("library of an extension", StringComparison.Ordinal))
            DrillPage.AssertRow("an extension's library is not installed", result);
    }

    /// <summary>What is not there by these names was mistyped, or is another's to make.</summary>
    [Theory]
    [InlineData(
        "pg_basebackup --server x --directory /nowhere",
        "--directory /nowhere: there is no such directory, or this user may not see it"
    )]
    [InlineData(
        "pg_basebackup --server x --directory LIVE",
        "is the data directory of a server .it has postmaster.opts, and no backup_label"
    )]
    [InlineData("pg_basebackup --server x --directory STOPPED", "is the data directory of a server")]
    [InlineData("pg_basebackup --server x --directory BACKUP --archive bring-%f", "--archive bring-%f: is a restore_command without %p")]
    [InlineData("wal-g --server x --tool-config /nowhere", "--tool-config /nowhere: there is no such file, or this user may not see it")]
    [InlineData("pg_dump --server x --dump /nowhere", "--dump /nowhere: there is no such file or directory, or this user may not see it")]
    [InlineData(
        "pgbackrest --stanza order --tool-config CONF",
        "pgbackrest knows no stanza order: missing stanza path .*'/.*/repo/backup/order/backup.info' .*[.] Nor has it any other: is that "
    )]
    [InlineData("pgbackrest --stanza orders", @"pgbackrest: (P00 )?ERROR: \[055\]: unable to open missing file '/nowhere'")]
    [InlineData("barman --stanza order --tool-config CONF", "barman: .*Unknown server 'order'")]
    public async Task What_is_called_otherwise(string arguments, string words)
    {
        await using var place = await DrillPlace.CreateAsync();
        var conf = arguments.StartsWith("barman", StringComparison.Ordinal)
            ? ToolConfiguration.Barman(place.File, drilled.Server)
            : ToolConfiguration.PgBackRest(place.File, drilled.Server);
        Directory.CreateDirectory(place.File("repo"));
        // What a server leaves when it is stopped.
        var stopped = Directory.CreateDirectory(place.File("stopped")).FullName;
        foreach (var name in new[] { "PG_VERSION", "postmaster.opts" })
            File.Copy(Path.Combine(drilled.Server.DataDirectory, name), Path.Combine(stopped, name));
        var file = place.Write("tool.conf", conf);
        place.Give();

        var result = await place.RunAsync(
            new Dictionary<string, string> { ["PGBACKREST_CONFIG"] = "/nowhere" },
            [
                "--tool",
                .. arguments
                    .Split(' ')
                    .Select(one =>
                        one switch
                        {
                            "CONF" => file,
                            "LIVE" => drilled.Server.DataDirectory,
                            "STOPPED" => stopped,
                            "BACKUP" => drilled.Plain,
                            _ => one,
                        }
                    ),
            ]
        );

        place.AssertEnded(result, 78, "UNFINISHED", "preflight", words);
    }

    [Fact]
    public async Task What_this_user_may_not_read()
    {
        await using var place = await DrillPlace.CreateAsync();
        var tar = await place.CopyAsync(drilled.Tar, "tar");
        place.Give();
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(Path.Combine(tar, "base.tar.gz"), UnixFileMode.None);

        var result = await place.RunAsync("--tool", "pg_basebackup", "--server", "orders", "--directory", tar);

        place.AssertEnded(result, 78, "UNFINISHED", "fetch", "tar ended with 2: .*base.tar.gz: Cannot open: Permission denied");
    }

    [Theory]
    [InlineData(DrilledServer.Extended, "replay", "An extension of the dump is not installed in /")]
    [InlineData("clean", "preflight", "it was made by pg_dump --clean without --if-exists")]
    public async Task A_dump_that_does_not_fit_here(string dump, string phase, string words)
    {
        await using var place = await DrillPlace.CreateAsync();

        var result = await place.RunAsync("--tool", "pg_dump", "--server", "orders", "--dump", drilled.Dump(dump));

        place.AssertEnded(result, 78, "UNFINISHED", phase, words);
    }

    [Fact]
    public async Task It_is_recorded_and_pushed_and_what_the_last_verdict_was_stays()
    {
        await using var catalogue = await CatalogDatabase.CreateAsync();
        await using var gateway = await PushgatewayServer.StartAsync();
        await using var place = await DrillPlace.CreateAsync();
        string[] good = ["--tool", "pg_basebackup", "--server", "orders", "--directory", drilled.Plain, "--archive", drilled.Archive];
        string[] told = ["--catalogue", catalogue.Uri, "--gateway", gateway.Url];
        const string Labels = "drill=\"orders\",instance=\"orders\",job=\"backup_metrics\",tool=\"pg_basebackup\"";
        Assert.Equal(0, (await place.RunAsync([.. good, .. told])).ExitCode);

        var wrong = await place.RunAsync([.. good, .. told, "--bin-dir", PostgresBinaries.Find(13).Folder]);

        const string Words = "the backup is of PostgreSQL [0-9]+, but --bin-dir .* has version 13";
        place.AssertEnded(wrong, 78, "UNFINISHED", "preflight", Words);
        DrillPage.AssertRow("another major version", wrong);
        var pushed = await gateway.MetricsAsync();
        Assert.Contains($"postgres_restore_test_success{{{Labels}}} 1\n", pushed, StringComparison.Ordinal);
        Assert.Contains($"postgres_restore_test_unfinished_timestamp_seconds{{{Labels}}} ", pushed, StringComparison.Ordinal);
        Assert.Matches(
            $"^waiting unfinished preflight: {Words}",
            await catalogue.Database.ScalarAsync<string>(
                "SELECT concat_ws(' ', status, raw ->> 'outcome', error) FROM backup_metrics.backup_catalog ORDER BY at DESC LIMIT 1"
            )
        );
        var run = await BackupMetrics.RunAsync("run", "--dry-run", "--source", "catalog", "--connection", catalogue.Uri, "--instance", "c");
        Assert.Matches("\npostgres_restore_test_success{.*} 1\n", run.Output);
        Assert.DoesNotContain("postgres_backup_last_failure_timestamp_seconds{", run.Output, StringComparison.Ordinal);
        var shown = await BackupMetrics.RunAsync("show", "--source", "catalog", "--connection", catalogue.Uri, "--instance", "c");
        Assert.DoesNotContain("has not arrived", shown.Output, StringComparison.Ordinal);
        Assert.Contains("restored ", shown.Output, StringComparison.Ordinal);

        // The next verdict ends it.
        Assert.Equal(0, (await place.RunAsync([.. good, .. told])).ExitCode);
        Assert.DoesNotContain("unfinished", await gateway.MetricsAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_last_line_says_why_the_exit_code_is_not_0_although_the_restore_is_good()
    {
        await using var place = await DrillPlace.CreateAsync();

        var result = await place.RunAsync([
            .. (string[])["--tool", "pg_dump", "--server", "orders", "--dump", drilled.Dump("custom")],
            .. (string[])["--catalogue", "postgresql://nobody@127.0.0.1:1/nowhere"],
        ]);

        Assert.Equal(69, result.ExitCode);
        Assert.Matches(
            @"\nok restored in [0-9]+ s\nWARNING \(exit code 69\) the restore is good, but what was claimed is not known in full: .*; "
                + @"it is not in the catalogue: .*\n$",
            result.Error
        );
    }
}
