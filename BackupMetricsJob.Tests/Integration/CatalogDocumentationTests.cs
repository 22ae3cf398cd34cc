using System.Globalization;
using System.Text.RegularExpressions;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Integration;

/// <summary>
/// Every shell block of docs/catalogue.md does what it says when it is typed, with the real pg_dump and psql; the backup tools are stubs
/// that print what the real ones were seen to print.
/// </summary>
public sealed class CatalogDocumentationTests
{
    static string Page { get; } = File.ReadAllText(Path.Combine(Repository.Root, "docs", "catalogue.md"));

    [Fact]
    public async Task Every_shell_block_works()
    {
        await using var server = await PostgresServer.StartAsync();
        await using var catalogue = await CatalogDatabase.InAsync(server);
        await server.ExecuteAsync("CREATE ROLE backup_writer; CREATE ROLE backup_reader; CREATE ROLE monitor");
        await server.ExecuteAsync("CREATE DATABASE orders");
        await server.ExecuteAsync("CREATE TABLE orders AS SELECT 1 AS id", "orders");
        using var folder = new TempFolder();
        var blocks = Blocks("sh");
        Assert.Equal(12, blocks.Count);

        foreach (var block in blocks)
        {
            var result = await TypeAsync(block, folder, catalogue);
            Assert.True(result.ExitCode == 0, $"{block}\nended with {result.ExitCode}: {result.Error}{result.Output}");
            Assert.DoesNotContain("backup-metrics: ", result.Error, StringComparison.Ordinal);
        }

        Assert.Equal(
            [
                "barman full done 1",
                "pg_dump logical done 1",
                "pg_dump restore_test done 1",
                "pgbackrest full done 1",
                "pgbackrest incr failed 1",
                "pghoard full done 1",
                "wal-g full done 1",
                "wal-g full failed 1",
            ],
            await catalogue.Database.QueryAsync<string>(
                "SELECT concat_ws(' ', tool, kind, status, n) FROM backup_metrics.backup_count WHERE server = 'orders' ORDER BY 1"
            )
        );
    }

    [Fact]
    public void The_commands_for_kubernetes_are_those_for_cron()
    {
        var yaml = string.Join('\n', Blocks("yaml"));

        Assert.Contains(
            Blocks("sh").Single(block => block.StartsWith("wal-g backup-list", StringComparison.Ordinal)).Trim(),
            yaml,
            StringComparison.Ordinal
        );
        Assert.Contains("args: [import, wal-g, /list/backups.json, --server, orders]", yaml, StringComparison.Ordinal);
    }

    static List<string> Blocks(string language) =>
        [
            .. Regex
                .Matches(Page, $"^```{language}\n(.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)
                .Select(match => match.Groups[1].Value),
        ];

    static Task<ProcessResult> TypeAsync(string block, TempFolder folder, CatalogDatabase catalogue)
    {
        var stubs = folder.File("bin");
        if (!Directory.Exists(stubs))
        {
            Directory.CreateDirectory(stubs);
            File.CreateSymbolicLink(Path.Combine(stubs, "backup-metrics"), BackupMetrics.Executable);
            Stub("wal-g", """{ [ "$1" = backup-list ] && cat "$STUBS/wal-g.json"; } || exit 3""");
            Stub("curl", "cat \"$STUBS/pghoard.json\"");
            Stub("pgbackrest", """{ [ "$1" = info ] && cat "$STUBS/pgbackrest.json"; } || exit 56""");
            Stub("barman", """{ [ "$3" = list-backups ] && cat "$STUBS/barman.json"; } || cat "$STUBS/barman-show.json" """);
            folder.Write(
                "wal-g.json",
                """[{"backup_name": "base_000000010000000000000002", "time": "2026-11-20T03:00:00Z", "wal_file_name": "000000010000000000000002", "storage_name": "default"}]"""
            );
            folder.Write(
                "pghoard.json",
                """{"basebackups": [{"name": "orders/basebackup/2026-11-20_03-00_0.00000000.pghoard", "size": 5, "last_modified": "2026-11-20T03:00:00+00:00", "metadata": {}}]}"""
            );
            folder.Write(
                "pgbackrest.json",
                """[{"name": "orders", "backup": [{"label": "20261120-030000F", "type": "full", "timestamp": {"start": 1795150000, "stop": 1795150001}}], "status": {"code": 0, "message": "ok"}}]"""
            );
            folder.Write(
                "barman.json",
                """{"orders": [{"backup_id": "20261120T030000", "status": "DONE", "end_time_timestamp": "1795143600", "size_bytes": 7}]}"""
            );
            folder.Write(
                "barman-show.json",
                """{"orders": {"backup_id": "20261120T030000", "status": "DONE", "base_backup_information": {"begin_time": "2026-11-20 02:59:00+00:00", "end_time": "2026-11-20 03:00:00+00:00"}}}"""
            );
        }

        var text = block.Replace("/var/backups", folder.Path, StringComparison.Ordinal);
        return ChildProcess.RunAsync(
            "/bin/sh",
            ["-c", text],
            new()
            {
                Environment = new Dictionary<string, string>
                {
                    ["PATH"] = stubs + ":/usr/bin:/bin",
                    ["DOTNET_ROOT"] =
                        Environment.GetEnvironmentVariable("DOTNET_ROOT")
                        ?? Path.GetFullPath(
                            Path.Combine(System.Runtime.InteropServices.RuntimeEnvironment.GetRuntimeDirectory(), "../../..")
                        ),
                    ["BACKUP_METRICS_CONNECTION"] = catalogue.Uri,
                    ["STUBS"] = folder.Path,
                    ["PGHOST"] = PostgresServer.Host,
                    ["PGPORT"] = catalogue.Database.Port.ToString(CultureInfo.InvariantCulture),
                    ["PGUSER"] = catalogue.Database.Superuser,
                    ["BARMAN_SERVER"] = "orders",
                    ["BARMAN_BACKUP_ID"] = "20261120T030000",
                    ["PGDATA"] = "/nowhere",
                },
            }
        );

        void Stub(string name, string script)
        {
            var path = folder.Write("bin/" + name, $"#!/bin/sh\n{script}\n");
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(path, (UnixFileMode)0b111_101_101);
        }
    }
}
