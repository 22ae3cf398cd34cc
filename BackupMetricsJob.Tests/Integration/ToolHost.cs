using System.Globalization;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Integration;

/// <summary>
/// The host that a page of docs/tools is typed on: a real server, which archives unless told otherwise, a real gateway, and the tool: the
/// real one, or a program that prints, of a real base backup, what the tool was seen to print.
/// </summary>
internal sealed class ToolHost : IAsyncDisposable
{
    /// <summary>The history file of the last base backup. Its times are those of a list that was printed now.</summary>
    const string OfTheBackup = """
        SELECT concat_ws(' ', left(name, 24), (substring(t from 'START WAL LOCATION: ([0-9A-F/]+)')::pg_lsn - '0/0')::bigint,
          (substring(t from 'STOP WAL LOCATION: ([0-9A-F/]+)')::pg_lsn - '0/0')::bigint, floor(extract(epoch FROM modification))::bigint,
          (SELECT system_identifier FROM pg_control_system()))
        FROM (SELECT name, modification, pg_read_file('pg_wal/' || name) AS t FROM pg_ls_waldir() WHERE name LIKE '%.backup') history
        """;

    readonly TempFolder _folder = new();

    ToolHost(PostgresServer server, PushgatewayServer gateway) => (Server, Gateway) = (server, gateway);

    public PostgresServer Server { get; }

    public PushgatewayServer Gateway { get; }

    public static async Task<ToolHost> StartAsync(bool archives = true)
    {
        var host = new ToolHost(await PostgresServer.StartAsync(new() { Archiving = archives }), await PushgatewayServer.StartAsync());
        Directory.CreateDirectory(host._folder.File("bin"));
        File.CreateSymbolicLink(host._folder.File("bin/backup-metrics"), BackupMetrics.Executable);
        await host.Server.ExecuteAsync("CREATE ROLE monitor LOGIN IN ROLE pg_monitor");
        await host.Server.ExecuteAsync("CREATE DATABASE orders");
        await host.Server.ExecuteAsync("CREATE TABLE orders AS SELECT 1 AS id", "orders");
        PostgresTemplate.GiveToServerUser(host._folder.Path);
        return host;
    }

    /// <summary>Types it in a shell, as the OS user of the tool.</summary>
    public Task<ProcessResult> TypeAsync(string text) =>
        ChildProcess.RunAsync(
            "/bin/sh",
            ["-c", Here(text)],
            new()
            {
                Unprivileged = true,
                Environment = new Dictionary<string, string>
                {
                    ["PATH"] = _folder.File("bin") + ":/usr/bin:/bin",
                    ["HOME"] = _folder.Path,
                    ["DOTNET_ROOT"] = BackupMetrics.DotnetRoot,
                    ["PGHOST"] = Server.SocketDirectory,
                    ["PGPORT"] = Server.Port.ToString(CultureInfo.InvariantCulture),
                    ["PGUSER"] = Server.Options.Superuser,
                },
            }
        );

    /// <summary>A script that a page says to save.</summary>
    public async Task SaveAsync(string name, string text)
    {
        var path = _folder.Write("bin/" + name, Here(text));
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, (UnixFileMode)0b111_101_101);
        PostgresTemplate.GiveToServerUser(path);
    }

    public async Task InstallAsync(string tool)
    {
        switch (tool)
        {
            case "pgbackrest":
                var rest = await CatalogToolsTests.PgBackRestAsync(_folder, Server);
                await rest("--stanza=orders stanza-create");
                await Server.SetAsync(
                    "archive_command",
                    $"pgbackrest --config={_folder.File("pgbackrest.conf")} --stanza=orders archive-push %p"
                );
                await rest("--stanza=orders backup --type=full");
                await StubAsync("pgbackrest", $"exec /usr/bin/pgbackrest --config={_folder.File("pgbackrest.conf")} \"$@\"");
                return;
            case "barman":
                var barman = await CatalogToolsTests.BarmanAsync(_folder, Server);
                await barman("check orders", mayFail: true); // makes its folders
                await Server.SetAsync("archive_command", $"cp %p {_folder.File("home/orders/incoming")}/%f");
                await barman("switch-wal --force orders");
                await Server.WaitForArchivedAsync("000000010000000000000001");
                await barman("archive-wal orders");
                await barman("backup orders");
                await Server.SwitchWalAsync();
                await Server.WaitForAsync(
                    "the WAL to be archived",
                    "SELECT last_archived_wal LIKE '%.backup' OR archived_count > 3 FROM pg_stat_archiver"
                );
                await barman("archive-wal orders");
                await StubAsync("barman", $"exec /usr/bin/barman -c {_folder.File("barman.conf")} \"$@\"");
                return;
            case "wal-g" or "pghoard" or "barman-cloud":
                await Server.BaseBackupAsync();
                await Server.WaitForAsync("the backup to be archived", "SELECT last_archived_wal LIKE '%.backup' FROM pg_stat_archiver");
                _folder.Write("list.json", await ListAsync(tool, Server));
                var program = tool switch
                {
                    "wal-g" => "wal-g",
                    "pghoard" => "curl",
                    _ => "barman-cloud-backup-list",
                };
                await StubAsync(program, $"cat {_folder.File("list.json")}");
                return;
        }
    }

    /// <summary>What the tool prints of the last base backup.</summary>
    public static async Task<string> ListAsync(string tool, PostgresServer server)
    {
        var backup = (await server.ScalarAsync<string>(OfTheBackup)).Split(' ');
        var finished = DateTimeOffset.FromUnixTimeSeconds(long.Parse(backup[3], CultureInfo.InvariantCulture)).UtcDateTime;
        return List(tool, backup, finished, (server.Options.Version * 10000) + 4);
    }

    public async ValueTask DisposeAsync()
    {
        await Gateway.DisposeAsync();
        await Server.DisposeAsync();
        _folder.Dispose();
    }

    Task StubAsync(string name, string script) => SaveAsync(name, $"#!/bin/sh\n{script}\n");

    string Here(string text) =>
        text.Replace("http://pushgateway:9091", Gateway.Url, StringComparison.Ordinal)
            .Replace(
                "postgresql://backup_writer@catalogue.example/metrics",
                Server.ConnectionUri("backup_writer", "metrics"),
                StringComparison.Ordinal
            )
            .Replace("postgresql://monitor@orders.example/postgres", Server.ConnectionUri("monitor"), StringComparison.Ordinal)
            .Replace("/usr/local/bin/", _folder.File("bin/"), StringComparison.Ordinal)
            .Replace("/var/backups/postgresql", _folder.Path, StringComparison.Ordinal);

    static string List(string tool, string[] backup, DateTime finished, int version)
    {
        var (wal, from, to, cluster) = (backup[0], backup[1], backup[2], backup[4]);
        var (start, end) = (finished.AddSeconds(-1), finished);
        return tool switch
        {
            "wal-g" => $$"""
                [{"backup_name":"base_{{wal}}","time":"{{end:s}}.5Z","wal_file_name":"{{wal}}","storage_name":"default","start_time":"{{start:s}}Z",
                "finish_time":"{{end:s}}Z","date_fmt":"%Y-%m-%dT%H:%M:%S.%fZ","hostname":"db1","data_dir":"/var/lib/postgresql/15/main","pg_version":{{version}},
                "start_lsn":{{from}},"finish_lsn":{{to}},"is_permanent":false,"system_identifier":{{cluster}},"uncompressed_size":30000000,
                "compressed_size":4000000}]
                """,
            "pghoard" => $$"""
                {"basebackups":[{"last_modified":"{{end:s}}.838Z","md5":"06c6fadb8dec52eedc29c1cc638d73a78f9a60caae5615da2f22cea0b3e1cf3c","metadata":
                {"Content-Length":"2165328","backup-reason":"scheduled","basebackup-mode":"basic","compression-algorithm":"lzma","host":"db1",
                "original-file-size":"24277504","pg-version":"{{version}}","site":"orders","start-time":"{{start:s}}+00:00","start-wal-segment":"{{wal}}"},
                "name":"orders/basebackup/2026-11-22_08-31_0","size":2165328}]}
                """,
            _ => $$"""
                {"backups_list":[{"backup_label":"","begin_time":"x","begin_time_iso":"{{start:s}}+00:00","begin_wal":"{{wal}}","compression":"gzip",
                "end_time_iso":"{{end:s}}+00:00","end_wal":"{{wal}}","error":null,"server_name":"orders","size":null,"status":"DONE","systemid":"{{cluster}}",
                "timeline":1,"version":{{version}},"xlog_segment_size":16777216,"backup_id":"{{start:yyyyMMdd'T'HHmmss}}"}]}
                """,
        };
    }
}
