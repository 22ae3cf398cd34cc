using System.Globalization;

namespace BackupMetricsJob.Tests.Support;

// What backup tools do to a server.
internal sealed partial class PostgresServer
{
    const string DefaultLabel = "pg_basebackup base backup";

    /// <summary>Writes a little WAL and ends the current segment; returns the name of the segment that is now complete.</summary>
    public async Task<string> SwitchWalAsync()
    {
        await ExecuteAsync("SELECT pg_logical_emit_message(false, 'test', 'so that there is something to switch')");
        return await ScalarAsync<string>("SELECT pg_walfile_name(pg_switch_wal())");
    }

    /// <summary>Ends as many segments, and waits until no more than so many wait to be archived; returns their names.</summary>
    public async Task<List<string>> ArchiveSegmentsAsync(int segments, int stillWaiting = 0)
    {
        var names = new List<string>();
        for (var i = 0; i < segments; i++)
            names.Add(await SwitchWalAsync());
        await WaitForArchiveAsync(stillWaiting);
        return names;
    }

    /// <summary>
    /// Writes all pages and waits until nothing is left to archive: from here nobody changes the server's files or its archive.
    /// A checkpoint marks segments that have no mark yet, so it comes first: after a promotion those of the old timeline.
    /// </summary>
    public async Task SettleAsync()
    {
        await ExecuteAsync("CHECKPOINT");
        await WaitForArchiveAsync(stillWaiting: 0);
    }

    /// <summary>Waits until at most so many segments are not archived, nor dropped by their command.</summary>
    Task WaitForArchiveAsync(int stillWaiting) =>
        WaitForAsync(
            "the segments to be archived, or dropped",
            $"SELECT count(*) <= {stillWaiting} FROM pg_ls_archive_statusdir() WHERE name LIKE '%.ready'",
            TimeSpan.FromMinutes(2)
        );

    /// <summary>Waits until the archiver has reported success for this segment or a later one.</summary>
    public Task WaitForArchivedAsync(string segment) =>
        WaitForAsync(
            $"{segment} to be archived",
            $"SELECT coalesce(max(left(last_archived_wal, 24)) >= '{segment}', false) FROM pg_stat_archiver"
        );

    /// <summary>
    /// Takes a base backup and returns its folder: with the real pg_basebackup where there is one for this version, else by the
    /// same protocol in SQL. The label is pg_basebackup's own unless given.
    /// </summary>
    public async Task<string> BaseBackupAsync(string? label = null)
    {
        var folder = RunFolder.NewFolder("backup");
        _backups.Add(folder);
        PostgresTemplate.GiveToServerUser(folder);
        var target = Path.Combine(folder, "data");
        if (_binaries.FindBaseBackup() is { } program)
        {
            string[] arguments =
            [
                "-h",
                SocketDirectory,
                "-p",
                Port.ToString(CultureInfo.InvariantCulture),
                "-U",
                Options.Superuser,
                "-D",
                target,
                "-X",
                "stream",
                "-c",
                "fast",
                "--no-sync",
                "-l",
                label ?? DefaultLabel,
            ];
            await ChildProcess.RunSuccessfullyAsync(program, arguments, new() { Unprivileged = true });
        }
        else
        {
            await CopyWhileInBackupModeAsync(target, label ?? DefaultLabel);
        }

        return target;
    }

    /// <summary>
    /// A standby of this server that streams from it, has replayed what was there at the call, and lives its own life otherwise.
    /// </summary>
    public async Task<PostgresServer> CreateStandbyAsync(PostgresOptions? options = null)
    {
        var now = await ScalarAsync<string>("SELECT pg_current_wal_lsn()::text");
        var source = string.Create(
            CultureInfo.InvariantCulture,
            $"primary_conninfo = 'host={SocketDirectory} port={Port} user=''{Options.Superuser}'''\n"
        );
        var standby = await StartFromAsync(await BaseBackupAsync("standby"), SameKind(options), "standby.signal", source, moved: true);
        await standby.WaitForAsync(
            "the standby to follow",
            $"SELECT pg_last_wal_replay_lsn() >= '{now}' AND EXISTS (SELECT FROM pg_stat_wal_receiver WHERE status = 'streaming')"
        );
        return standby;
    }

    /// <summary>
    /// Restores a base backup with all WAL of <see cref="ArchiveDirectory"/>, as after the loss of this server, and opens it for writing.
    /// </summary>
    public async Task<PostgresServer> RestoreAsync(string backup, PostgresOptions? options = null)
    {
        var restored = await StartFromAsync(
            backup,
            SameKind(options),
            "recovery.signal",
            $"restore_command = 'cp {ArchiveDirectory}/%f %p'\n"
        );
        await restored.WaitForAsync("the recovery to end", "SELECT NOT pg_is_in_recovery()");
        return restored;
    }

    /// <summary>Starts what a tool has restored, with the settings for the recovery that it wrote, and opens it for writing.</summary>
    public async Task<PostgresServer> StartRestoredAsync(string data)
    {
        var restored = await StartFromAsync(data, SameKind(null));
        await restored.WaitForAsync("the recovery to end", "SELECT NOT pg_is_in_recovery()");
        return restored;
    }

    // Data directories of another version, segment size or superuser would not fit.
    PostgresOptions SameKind(PostgresOptions? options) =>
        (options ?? new()) with
        {
            Version = Options.Version,
            SegmentSizeMegabytes = Options.SegmentSizeMegabytes,
            Superuser = Options.Superuser,
        };

    async Task CopyWhileInBackupModeAsync(string target, string label)
    {
        var (start, stop) =
            Options.Version >= 15
                ? ("pg_backup_start($1, true)", "pg_backup_stop(false)")
                : ("pg_start_backup($1, true, false)", "pg_stop_backup(false, false)");

        // One session: the server ends the backup mode with it.
        await using var session = await OpenAsync();
        await using var starting = Command(session, "SELECT " + start);
        starting.Parameters.Add(new() { Value = label });
        await starting.ExecuteNonQueryAsync();

        // tar's exit code 1: a file changed while it was read, as files of a live server do.
        const string Copy = """
            mkdir -m 700 "$2" && tar -C "$1" -cf - --warning=no-file-changed \
                --exclude=./pg_wal --exclude=./postmaster.* --exclude=./pg_replslot/* --exclude=./pg_stat_tmp/* . \
              | tar -C "$2" -xf - && mkdir -p -m 700 "$2/pg_wal/archive_status"
            """;
        await ChildProcess.RunSuccessfullyAsync("/bin/sh", ["-c", Copy, "copy", DataDirectory, target], new() { Unprivileged = true });

        string backupLabel;
        await using (var stopping = Command(session, $"SELECT labelfile FROM {stop}"))
            backupLabel = (string)(await stopping.ExecuteScalarAsync())!;
        await File.WriteAllTextAsync(Path.Combine(target, "backup_label"), backupLabel);
        const string CopyWal = """cd "$1/pg_wal" && cp -p 0* "$2/pg_wal/" """;
        await ChildProcess.RunSuccessfullyAsync("/bin/sh", ["-c", CopyWal, "copy", DataDirectory, target], new() { Unprivileged = true });
        PostgresTemplate.GiveToServerUser(target);
    }
}
