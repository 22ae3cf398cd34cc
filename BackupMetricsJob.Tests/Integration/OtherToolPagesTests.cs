using System.Globalization;
using System.Text.RegularExpressions;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Integration;

/// <summary>Every shell block of docs/tools/generic.md and cloudnativepg.md does what the page says when it is typed.</summary>
public sealed class OtherToolPagesTests
{
    const string Rows = "SELECT concat_ws(' ', server, tool, kind, backup_id, status) FROM backup_metrics.backup_catalog ORDER BY 1";

    [Fact]
    public async Task Generic_from_files_a_table_a_tool_and_a_hook()
    {
        await using var server = await PostgresServer.StartAsync();
        await using var catalogue = await CatalogDatabase.InAsync(server);
        using var folder = new TempFolder();
        await server.ExecuteAsync("CREATE DATABASE ops");
        await server.ExecuteAsync(
            """
            CREATE TABLE backup_log (id int, ok boolean, finished timestamptz, error text);
            INSERT INTO backup_log VALUES (1, true, now() - interval '1 day', NULL), (2, false, now(), 'disk full')
            """,
            "ops"
        );
        folder.Write("my-tool", "#!/bin/sh\nexit 3\n");
        Directory.CreateDirectory(folder.File("orders"));
        folder.Write("orders/a.tar.gz", "whole");
        folder.Write("orders/b.tar.gz.new", "half");

        var blocks = Blocks("generic.md");
        Assert.Equal(5, blocks.Count);
        var outputs = new List<ProcessResult>();
        foreach (var block in blocks)
            outputs.Add(await TypeAsync(block, folder, catalogue));

        Assert.Equal("tarball: 1 new, 0 changed, 0 gone, 0 unchanged (1 server)\n", outputs[0].Error);
        Assert.Equal("nightly-dump: 2 new, 0 changed, 0 gone, 0 unchanged (1 server)\n", outputs[1].Error);
        Assert.Contains(
            "{instance=\"orders\",source=\"catalog\",tool=\"tarball\",type=\"full\"} ",
            outputs[2].Output,
            StringComparison.Ordinal
        );
        Assert.Contains("warning: my-tool could not list \"orders\".", outputs[3].Error, StringComparison.Ordinal);
        Assert.EndsWith(
            "my-tool list: code 3\nmy-tool: 0 new, 0 changed, 0 gone, 0 unchanged (1 server)\n",
            outputs[3].Error,
            StringComparison.Ordinal
        );
        Assert.Equal("my-tool: 1 new, 0 changed, 0 gone, 0 unchanged (1 server)\n", outputs[4].Error);
        Assert.Equal(
            [
                "orders my-tool full b-17 done",
                "orders nightly-dump logical 1 done",
                "orders nightly-dump logical 2 failed",
                "orders tarball full a.tar.gz done",
            ],
            await catalogue.Database.QueryAsync<string>(Rows)
        );

        // The folder is empty one day: the list is, too, and that is doubted.
        File.Delete(folder.File("orders/a.tar.gz"));
        Assert.Contains(
            "is empty, but the catalogue has 1 backup",
            (await TypeAsync(blocks[0], folder, catalogue)).Error,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task CloudNativePg_with_a_kubectl_that_prints_the_fixture()
    {
        await using var catalogue = await CatalogDatabase.CreateAsync();
        using var folder = new TempFolder();
        folder.Write(
            "kubectl",
            $"""
            #!/bin/sh
            [ "$*" = "get backups.postgresql.cnpg.io,scheduledbackups.postgresql.cnpg.io,clusters.postgresql.cnpg.io -A -o json" ] || exit 1
            cat {Path.Combine(Repository.Tests, "Fixtures", "cloudnativepg", "objects.json")}

            """
        );

        var result = await TypeAsync(Assert.Single(Blocks("cloudnativepg.md")), folder, catalogue);

        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Contains(
            "postgres_backup_last_success_timestamp_seconds{instance=\"prod/orders\",source=\"catalog\","
                + "tool=\"cloudnativepg\",type=\"full\"} 1795313051\n",
            result.Output,
            StringComparison.Ordinal
        );
    }

    static List<string> Blocks(string page) =>
        [
            .. Regex
                .Matches(
                    File.ReadAllText(Path.Combine(Repository.Root, "docs", "tools", page)),
                    "^```sh\n(.*?)^```$",
                    RegexOptions.Multiline | RegexOptions.Singleline
                )
                .Select(match => match.Groups[1].Value),
        ];

    static Task<ProcessResult> TypeAsync(string block, TempFolder folder, CatalogDatabase catalogue)
    {
        if (!File.Exists(folder.File("backup-metrics")))
            File.CreateSymbolicLink(folder.File("backup-metrics"), BackupMetrics.Executable);
        foreach (var stub in new[] { "my-tool", "kubectl" }.Select(folder.File).Where(File.Exists))
            File.SetUnixFileMode(stub, (UnixFileMode)0b111_101_101);
        return ChildProcess.RunAsync(
            "/bin/sh",
            ["-c", block.Replace("/var/backups", folder.Path, StringComparison.Ordinal)],
            new()
            {
                WorkingDirectory = folder.Path,
                Environment = new Dictionary<string, string>
                {
                    ["PATH"] = folder.Path + ":/usr/bin:/bin",
                    ["DOTNET_ROOT"] = BackupMetrics.DotnetRoot,
                    ["BACKUP_METRICS_CONNECTION"] = catalogue.Uri,
                    ["PGHOST"] = PostgresServer.Host,
                    ["PGPORT"] = catalogue.Database.Port.ToString(CultureInfo.InvariantCulture),
                    ["PGUSER"] = catalogue.Database.Superuser,
                },
            }
        );
    }
}
