using BackupMetricsJob.Backups;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Integration;

/// <summary>A role with too few rights: what it can read is published, what it cannot is named with the SQL that mends it, and that SQL does.</summary>
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
        Assert.Equal(ArchiverState.Ok, ArchiverStates.Of(nobody.Server!));
        Assert.True(nobody.Server!.Archiver.ArchivedCount > 0);
        Assert.NotNull(nobody.Server.UnarchivedBytesByStatistics);
        Assert.Null(nobody.Server.Wal);
        Assert.Empty(nobody.SourcesThatAnswered);
        Assert.Contains("postgres_backup_probe_failure{instance=\"it\",reason=\"privilege\"} 1", Published.Text(nobody), StringComparison.Ordinal);

        await server.ExecuteAsync(nobody.MissingRights[0].Mend);
        var monitor = await Probe.OfAsync(server, "night watch");
        Assert.Null(monitor.Failure);
        Assert.Equal(("unknown", true), (Assert.Single(monitor.Backups).Tool, monitor.LossWindow is not null));
        Assert.NotNull(monitor.Server!.Wal!.ReplayBytes);

        await HistoryFunction.InstallAsync(server);
        var installed = await Probe.OfAsync(server, "night watch");
        await server.ExecuteAsync(Assert.Single(installed.MissingRights).Mend);
        var full = await Probe.OfAsync(server, "night watch");
        Assert.Empty(full.MissingRights);
        Assert.Equal("pg_basebackup", Assert.Single(full.Backups).Tool);
    }

    [Fact]
    public async Task A_history_function_that_breaks_takes_nothing_with_it()
    {
        await using var server = await PostgresServer.StartAsync(new() { Archiving = true });
        await HistoryFunction.InstallAsync(server);
        await server.WaitForArchivedAsync(await server.SwitchWalAsync());
        await server.ExecuteAsync("""
            CREATE OR REPLACE FUNCTION backup_metrics.base_backup_history()
            RETURNS TABLE (file_name text, finish_at timestamptz, start_at timestamptz, start_lsn pg_lsn, stop_lsn pg_lsn, method text, backup_from text, label text, native_incremental boolean)
            LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'broken'; END $$
            """);

        var result = await Probe.OfAsync(server);

        Assert.Equal(FailureReason.Sql, result.Failure!.Reason);
        Assert.Contains("broken", result.Failure.Message, StringComparison.Ordinal);
        Assert.NotNull(result.Server!.Wal);
    }

    [Fact]
    public async Task The_session_is_read_only_and_has_its_limits()
    {
        await using var server = await PostgresServer.StartAsync(new() { Archiving = true });
        await HistoryFunction.InstallAsync(server);
        await server.ExecuteAsync("""
            CREATE OR REPLACE FUNCTION backup_metrics.base_backup_history()
            RETURNS TABLE (file_name text, finish_at timestamptz, start_at timestamptz, start_lsn pg_lsn, stop_lsn pg_lsn, method text, backup_from text, label text, native_incremental boolean)
            LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'read only % statement % lock % path %', current_setting('transaction_read_only'),
              current_setting('statement_timeout'), current_setting('lock_timeout'), current_setting('search_path'); END $$
            """);

        var result = await Probe.OfAsync(server, timeout: TimeSpan.FromSeconds(7));

        Assert.Matches("read only on statement [67][0-9.]*m?s lock 2s path pg_catalog", result.Failure!.Message);
    }
}
