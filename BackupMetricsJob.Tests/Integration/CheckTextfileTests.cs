using System.Text.Json;
using System.Text.RegularExpressions;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Integration;

/// <summary>check where metrics go by node_exporter: whether the file can be written, and whether Prometheus has the series.</summary>
public sealed class CheckTextfileTests : IClassFixture<SharedArchivingPostgres>, IDisposable
{
    readonly TempFolder _folder = new();
    readonly PostgresServer _server;

    public CheckTextfileTests(SharedArchivingPostgres shared)
    {
        _server = shared.Server;
        File.SetUnixFileMode(_folder.Path, (UnixFileMode)0b111_101_101);
    }

    string TextfilePath => _folder.File("orders.prom");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_file_that_cannot_be_written_is_74_and_one_that_can_is_not_changed()
    {
        Directory.CreateDirectory(_folder.File("taken.prom"));

        var missing = await CheckAsync(_folder.File("missing/b.prom"));
        var taken = await CheckAsync(_folder.File("taken.prom"), "--output", "json");
        var well = await CheckAsync(TextfilePath);

        Assert.Equal((74, 74, 0), (missing.ExitCode, taken.ExitCode, well.ExitCode));
        Assert.Contains($"\ntextfile {_folder.File("missing/b.prom")}  misconfigured\n", missing.Output, StringComparison.Ordinal);
        Assert.Contains("b.prom: it cannot be written: its folder does not exist\n", missing.Output, StringComparison.Ordinal);
        Assert.Contains($"\n  advice: Create {_folder.File("missing")}, or name that of ", missing.Output, StringComparison.Ordinal);
        Assert.EndsWith("\nexit code 74: the textfile cannot be written\n", missing.Output, StringComparison.Ordinal);
        var file = JsonDocument.Parse(taken.Output).RootElement.GetProperty("textfile");
        Assert.Equal("misconfigured", file.GetProperty("state").GetString());
        Assert.Contains(
            $"\ntextfile {TextfilePath}  ok: can be written, has not been written yet\n",
            well.Output,
            StringComparison.Ordinal
        );
        Assert.Equal([_folder.File("taken.prom")], Directory.GetFileSystemEntries(_folder.Path));
    }

    /// <summary>Each has its own advice: a right to write mends no full disk.</summary>
    [Theory]
    [InlineData("--size 8192 --tmpfs", "No space left on device", "Make room there: df {0} shows the space, df -i {0} the inodes")]
    [InlineData("--ro-bind /usr", "Read-only file system", "For this process {0} is read-only: remount it, or add ReadWritePaths={0}")]
    public async Task A_full_disk_and_a_read_only_one_are_told_apart(string mount, string says, string advice)
    {
        Directory.CreateDirectory(_folder.File("there"));
        string[] check = ["check", .. Flags, "--textfile", _folder.File("there/b.prom")];
        await using var process = ChildProcess.Start(
            Tool.Find("bwrap", "apt-get install bubblewrap"),
            [
                .. $"--dev-bind / / {mount}".Split(' '),
                _folder.File("there"),
                "/bin/sh",
                "-c",
                $"head -c 20000 /dev/zero > {_folder.File("there/fill")} 2>&-; exec \"$0\" \"$@\"",
                BackupMetrics.Executable,
                .. check,
            ],
            new()
            {
                Environment = new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin", ["DOTNET_ROOT"] = BackupMetrics.DotnetRoot },
            }
        );

        var result = await process.WaitAsync();

        Assert.True(result.ExitCode == 74, result.Output + result.Error);
        Assert.Contains($"b.prom: it cannot be written: {says}", result.Output, StringComparison.Ordinal);
        Assert.Contains(
            "\n  advice: " + advice.Replace("{0}", _folder.File("there"), StringComparison.Ordinal),
            result.Output,
            StringComparison.Ordinal
        );
    }

    /// <summary>Not the one that is read: this one is in another folder.</summary>
    [Fact]
    public async Task A_file_that_was_written_long_ago_and_is_not_in_Prometheus_is_78()
    {
        await RunAsync();
        File.SetLastWriteTimeUtc(TextfilePath, DateTime.UtcNow.AddMinutes(-5));
        using var other = new TempFolder();
        File.SetUnixFileMode(other.Path, (UnixFileMode)0b111_101_101);
        await using var exporter = await NodeExporterServer.StartAsync(other.Path);
        await using var prometheus = await StartAsync(exporter, isRelabeled: true);
        await prometheus.WaitForAsync("node_textfile_scrape_error");

        var result = await CheckAsync(TextfilePath, "--prometheus", prometheus.Address.ToString());

        Assert.Equal(78, result.ExitCode);
        Assert.Contains(
            $"it has no series of job backup_metrics, and {TextfilePath} was written 5 min ago",
            result.Output,
            StringComparison.Ordinal
        );
    }

    /// <summary>That no backup is known is for `show`; the last line says so.</summary>
    [Fact]
    public async Task A_critical_finding_about_backups_has_no_exit_code_and_the_last_line_says_who_has()
    {
        var result = await CheckAsync(TextfilePath);

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("\nCRITICAL orders: no base backup is known", result.Output, StringComparison.Ordinal);
        Assert.EndsWith(
            "\nexit code 0: a run would deliver what it finds. It does not judge the backups (1 critical finding): "
                + "show --fail-on critical does.\n",
            result.Output,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData(true, 0, "  ok: Prometheus 2", "has the series that job backup_metrics wrote")]
    [InlineData(
        false,
        78,
        "have exported_job=\"backup_metrics\", so no alert matches them",
        "Add the metric_relabel_configs of docs/node-exporter.md"
    )]
    public async Task Node_exporter_must_be_scraped_with_the_labels_of_its_page(bool isRelabeled, int code, params string[] says)
    {
        await RunAsync();
        await using var exporter = await NodeExporterServer.StartAsync(_folder.Path);
        await using var prometheus = await StartAsync(exporter, isRelabeled);
        await prometheus.WaitForAsync(isRelabeled ? "backup_metrics_build_info{job='backup_metrics'}" : "backup_metrics_build_info");

        var result = await CheckAsync(TextfilePath, "--prometheus", prometheus.Address.ToString());

        Assert.Equal(code, result.ExitCode);
        Assert.All(says, text => Assert.Contains(text, result.Output, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_node_exporter_it_is_78_and_before_the_first_run_a_warning()
    {
        await using var none = await PrometheusServer.StartAsync("scrape_configs: []\n");
        await using var exporter = await NodeExporterServer.StartAsync(_folder.Path);
        await using var prometheus = await StartAsync(exporter, isRelabeled: true);
        await prometheus.WaitForAsync("node_textfile_scrape_error");

        var nothing = await CheckAsync(TextfilePath, "--prometheus", none.Address.ToString());
        var early = await CheckAsync(TextfilePath, "--prometheus", prometheus.Address.ToString());

        Assert.Equal((78, 0), (nothing.ExitCode, early.ExitCode));
        Assert.Contains("it scrapes no node_exporter with a textfile collector", nothing.Output, StringComparison.Ordinal);
        Assert.Contains(
            $"it has no series of job backup_metrics: no run has written {TextfilePath}",
            early.Output,
            StringComparison.Ordinal
        );
    }

    static async Task<PrometheusServer> StartAsync(NodeExporterServer exporter, bool isRelabeled)
    {
        var page = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "node-exporter.md"));
        var scrape = Regex.Match(page, "```yaml\n(scrape_configs:.*?)```", RegexOptions.Singleline).Groups[1].Value;
        if (!isRelabeled)
            scrape = scrape[..scrape.IndexOf("  metric_relabel_configs", StringComparison.Ordinal)];
        return await PrometheusServer.StartAsync(
            $"global: {{scrape_interval: 1s}}\n{scrape.Replace("db1.example:9100", exporter.Authority, StringComparison.Ordinal)}"
        );
    }

    async Task RunAsync() => Assert.Equal(0, (await BackupMetrics.RunAsync(["run", .. Flags, "--textfile", TextfilePath], null)).ExitCode);

    Task<ProcessResult> CheckAsync(string file, params string[] more) =>
        BackupMetrics.RunAsync(["check", .. Flags, "--textfile", file, .. more], null);

    string[] Flags => ["--connection", _server.ConnectionUri(), "--instance", "orders", "--interval", "5m"];
}
