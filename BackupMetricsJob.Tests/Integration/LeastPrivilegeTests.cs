using BackupMetricsJob.Backups;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Integration;

/// <summary>
/// A role with too few rights: what it can read is published, what it cannot is named with the SQL that mends it, and that SQL does.
/// </summary>
public sealed class LeastPrivilegeTests
{
    [Theory]
    [InlineData(13)]
    [InlineData(15)]
    [InlineData(18)]
    public async Task The_grants_that_are_printed_are_the_ones_that_are_missing(int version)
    {
        await using var server = await PostgresServer.StartAsync(new() { Version = version, Archiving = true });
        await server.BaseBackupAsync();
        await server.WaitForArchivedAsync(await server.SwitchWalAsync());
        await server.ExecuteAsync("CREATE ROLE \"night watch\" LOGIN");

        var nobody = await Probe.OfAsync(server, "night watch");
        Assert.Equal(FailureReason.Privilege, nobody.Failure!.Reason);
        Assert.Equal(ArchiverState.Ok, ArchiverStates.Classify(nobody.Server!));
        Assert.True(nobody.Server!.Archiver.ArchivedCount > 0);
        Assert.NotNull(nobody.Server.UnarchivedBytesByStatistics);
        Assert.Null(nobody.Server.Wal);
        Assert.Empty(nobody.SourcesThatAnswered);
        Assert.Contains(
            "postgres_backup_probe_failure{instance=\"it\",reason=\"privilege\"} 1",
            Published.Text(nobody),
            StringComparison.Ordinal
        );

        await server.ExecuteAsync(nobody.MissingPrivileges[0].Advice);
        var monitor = await Probe.OfAsync(server, "night watch");
        Assert.Null(monitor.Failure);
        Assert.Equal(("unknown", true), (Assert.Single(monitor.Backups).Tool, monitor.LossWindow is not null));
        Assert.NotNull(monitor.Server!.Wal!.ReplayBytes);

        await HistoryFunction.InstallAsync(server);
        var installed = await Probe.OfAsync(server, "night watch");
        await server.ExecuteAsync(Assert.Single(installed.MissingPrivileges).Advice);
        var full = await Probe.OfAsync(server, "night watch");
        Assert.Empty(full.MissingPrivileges);
        Assert.Equal("pg_basebackup", Assert.Single(full.Backups).Tool);
    }

    [Fact]
    public async Task A_history_function_that_breaks_takes_nothing_with_it()
    {
        await using var server = await PostgresServer.StartAsync(new() { Archiving = true });
        await HistoryFunction.InstallAsync(server);
        await server.WaitForArchivedAsync(await server.SwitchWalAsync());
        await server.ExecuteAsync(
            """
            CREATE OR REPLACE FUNCTION backup_metrics.base_backup_history()
            RETURNS TABLE (file_name text, finish_at timestamptz, start_at timestamptz, start_lsn pg_lsn, stop_lsn pg_lsn, method text, backup_from text, label text, native_incremental boolean)
            LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'broken'; END $$
            """
        );

        var result = await Probe.OfAsync(server);

        Assert.Null(result.Failure);
        Assert.Contains("broken", Assert.Single(result.MissingPrivileges).Summary, StringComparison.Ordinal);
        Assert.NotNull(result.Server!.Wal);
    }

    [Theory]
    [InlineData(13)]
    [InlineData(15)]
    [InlineData(18)]
    public async Task A_function_that_was_taken_from_pg_monitor_is_named_with_the_grant_that_helps(int version)
    {
        await using var server = await PostgresServer.StartAsync(new() { Version = version, Archiving = true });
        await server.BaseBackupAsync();
        await server.ExecuteAsync("CREATE ROLE watch LOGIN IN ROLE pg_monitor");
        foreach (var function in new[] { "pg_ls_archive_statusdir()", "pg_ls_waldir()" })
        {
            await server.ExecuteAsync($"REVOKE EXECUTE ON FUNCTION {function} FROM pg_monitor");

            var result = await Probe.OfAsync(server, "watch");

            Assert.Equal(FailureReason.Privilege, result.Failure!.Reason);
            Assert.Contains($"may not call {function}:", result.Failure.Message, StringComparison.Ordinal);
            Assert.StartsWith(
                $"GRANT EXECUTE ON FUNCTION pg_catalog.{function} TO watch;",
                result.Failure.Advice,
                StringComparison.Ordinal
            );
            Assert.Equal(function == "pg_ls_waldir()" ? 0 : 1, result.Backups.Count);
            await server.ExecuteAsync(result.Failure.Advice!);
            Assert.Null((await Probe.OfAsync(server, "watch")).Failure);
        }
    }

    [Theory]
    [InlineData(13, "CREATE ROLE watch LOGIN NOINHERIT IN ROLE pg_monitor", "ALTER ROLE watch INHERIT;")]
    [InlineData(15, "CREATE ROLE watch LOGIN NOINHERIT", "GRANT pg_monitor TO watch; ALTER ROLE watch INHERIT;")]
    [InlineData(
        18,
        "CREATE ROLE watch LOGIN; GRANT pg_monitor TO watch WITH INHERIT FALSE",
        "GRANT pg_monitor TO watch WITH INHERIT TRUE;"
    )]
    [InlineData(18, "CREATE ROLE watch LOGIN NOINHERIT", "GRANT pg_monitor TO watch WITH INHERIT TRUE;")]
    public async Task A_member_that_does_not_inherit_is_told_how_to(int version, string made, string grant)
    {
        await using var server = await PostgresServer.StartAsync(new() { Version = version, Archiving = true });
        await server.ExecuteAsync(made);

        var result = await Probe.OfAsync(server, "watch");

        Assert.Equal((FailureReason.Privilege, grant), (result.Failure!.Reason, result.Failure.Advice));
        await server.ExecuteAsync(grant);
        Assert.Null((await Probe.OfAsync(server, "watch")).Failure);
    }

    [Theory]
    [InlineData("pg_stat_replication", "pg_wal cannot be read: permission denied")]
    [InlineData("pg_stat_archiver", "the archiver's statistics cannot be read: permission denied")]
    public async Task A_view_that_was_taken_away_is_named_with_the_grant_that_helps(string view, string words)
    {
        await using var server = await PostgresServer.StartAsync(new() { Archiving = true });
        await server.BaseBackupAsync();
        await server.ExecuteAsync($"CREATE ROLE watch LOGIN IN ROLE pg_monitor; REVOKE SELECT ON {view} FROM PUBLIC");

        var result = await Probe.OfAsync(
            server,
            [SourceName.Server, SourceName.Query],
            new(ServerPatterns.All, "SELECT 'full' AS type, now() AS finished_at"),
            "watch"
        );

        Assert.Equal(FailureReason.Privilege, result.Failure!.Reason);
        Assert.StartsWith(words, result.Failure.Message, StringComparison.Ordinal);
        Assert.Equal([SourceName.Query], result.SourcesThatAnswered);
        Assert.Equal(view == "pg_stat_replication", result.Backups.Count == 1);
        await server.ExecuteAsync(result.Failure.Advice!);
        Assert.Null((await Probe.OfAsync(server, "watch")).Failure);
    }

    [Fact]
    public async Task What_a_managed_service_refuses_can_be_done_without()
    {
        await using var server = await PostgresServer.StartAsync(new() { Archiving = true });
        await server.BaseBackupAsync();
        await server.ExecuteAsync(
            """
            SET allow_system_table_mods = on;
            UPDATE pg_proc SET proname = 'kept_back' WHERE proname = 'pg_ls_archive_statusdir';
            CREATE FUNCTION pg_catalog.pg_ls_archive_statusdir(OUT name text, OUT size bigint, OUT modification timestamptz) RETURNS SETOF record LANGUAGE plpgsql
              AS $$ BEGIN RAISE EXCEPTION USING ERRCODE = '0A000', MESSAGE = 'not supported by this service'; END $$;
            CREATE ROLE watch LOGIN IN ROLE pg_monitor
            """
        );

        var refused = await Probe.OfAsync(server, "watch");
        Assert.Equal("pg_wal cannot be read: not supported by this service (SQLSTATE 0A000)", refused.Failure!.Message);
        Assert.Contains("--without wal", refused.Failure.Advice, StringComparison.Ordinal);
        Assert.Single(refused.Backups);

        var accepted = await Probe.OfAsync(
            server,
            [SourceName.Server],
            SourceSettings.Default with
            {
                Omissions = Omissions.Wal | Omissions.Label,
            },
            "watch"
        );
        Assert.Null(accepted.Failure);
        Assert.Equal((0, null, null), (accepted.Backups.Count, accepted.LossWindow, accepted.Server!.Wal));
        Assert.Empty(accepted.MissingPrivileges);
        Assert.Contains("postgres_backup_probe_success{instance=\"it\"} 1", Published.Text(accepted), StringComparison.Ordinal);
        Assert.DoesNotContain("postgres_recovery_point", Published.Text(accepted), StringComparison.Ordinal);

        // Through the command, to the last line.
        var show = await BackupMetrics.RunAsync(
            "show",
            "--connection",
            server.ConnectionUri("watch"),
            "--without",
            "wal",
            "--without",
            "label",
            "--max-age",
            "base=none"
        );
        Assert.Equal(0, show.ExitCode);
        Assert.DoesNotContain("according to", show.Output, StringComparison.Ordinal);
        Assert.Contains(
            "no backup is known, and no limit asks for one; pg_wal is not read (without: wal)",
            show.Output,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Several_queries_that_a_managed_service_refuses_are_left_out_one_after_the_other()
    {
        await using var server = await PostgresServer.StartAsync(new() { Archiving = true });
        await server.BaseBackupAsync();
        await server.ExecuteAsync(
            """
            SET allow_system_table_mods = on;
            UPDATE pg_proc SET proname = 'kept_back_' || proname WHERE proname IN ('pg_ls_waldir', 'pg_control_system');
            CREATE FUNCTION pg_catalog.pg_ls_waldir(OUT name text, OUT size bigint, OUT modification timestamptz) RETURNS SETOF record LANGUAGE plpgsql
              AS $$ BEGIN RAISE EXCEPTION USING ERRCODE = '0A000', MESSAGE = 'no pg_wal in this service'; END $$;
            CREATE FUNCTION pg_catalog.pg_control_system(OUT system_identifier bigint) LANGUAGE plpgsql
              AS $$ BEGIN RAISE EXCEPTION USING ERRCODE = '0A000', MESSAGE = 'no control file in this service'; END $$;
            CREATE ROLE watch LOGIN IN ROLE pg_monitor
            """
        );

        var refused = await Probe.OfAsync(server, "watch");

        Assert.Equal("pg_wal cannot be read: no pg_wal in this service (SQLSTATE 0A000)", refused.Failure!.Message);
        Assert.Equal((null, null), (refused.Server!.Wal, refused.Server.SystemIdentifier));
    }

    [Fact]
    public async Task The_session_is_read_only_and_has_its_limits()
    {
        await using var server = await PostgresServer.StartAsync(new() { Archiving = true });
        await HistoryFunction.InstallAsync(server);
        await server.ExecuteAsync(
            """
            CREATE OR REPLACE FUNCTION backup_metrics.base_backup_history()
            RETURNS TABLE (file_name text, finish_at timestamptz, start_at timestamptz, start_lsn pg_lsn, stop_lsn pg_lsn, method text, backup_from text, label text, native_incremental boolean)
            LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'read only % statement % lock % path %', current_setting('transaction_read_only'),
              current_setting('statement_timeout'), current_setting('lock_timeout'), current_setting('search_path'); END $$
            """
        );

        var result = await Probe.OfAsync(server, timeout: TimeSpan.FromSeconds(7));

        Assert.Matches("read only on statement [67][0-9.]*m?s lock 2s path pg_catalog", Assert.Single(result.MissingPrivileges).Summary);
    }
}
