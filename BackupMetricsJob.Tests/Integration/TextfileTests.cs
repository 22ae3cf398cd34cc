using System.Text.RegularExpressions;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Integration;

/// <summary>run --textfile: what node_exporter and Prometheus read is what a Pushgateway would have, and a failure loses nothing.</summary>
public sealed partial class TextfileTests
{
    static readonly string Page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "node-exporter.md"));

    static readonly Dictionary<string, string> Variables = new() { ["DOTNET_ROOT"] = BackupMetrics.DotnetRoot, ["PATH"] = "/usr/bin:/bin" };

    // The runtime of a plain build maps a file of its own otherwise, which the limit below would not let it.
    static readonly Dictionary<string, string> WithoutOwnFiles = new(Variables) { ["DOTNET_EnableWriteXorExecute"] = "0" };

    /// <summary>Starts a program whose fsync fails.</summary>
    const string FaultyDisk = """
        #include <errno.h>
        #include <linux/filter.h>
        #include <linux/seccomp.h>
        #include <stddef.h>
        #include <sys/prctl.h>
        #include <sys/syscall.h>
        #include <unistd.h>
        int main(int count, char **arguments) {
            struct sock_filter calls[] = {
                BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
                BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_fsync, 0, 1),
                BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ERROR),
                BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
            };
            struct sock_fprog filter = {4, calls};
            if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter))
                return 1;
            return execv(arguments[1], arguments + 1);
        }
        """;

    [Fact]
    public async Task Node_exporter_and_prometheus_have_the_series_of_a_gateway()
    {
        await using var server = await PostgresServer.StartAsync(new() { Archiving = true });
        await using var gateway = await PushgatewayServer.StartAsync();
        using var folder = new TempFolder();
        File.SetUnixFileMode(folder.Path, (UnixFileMode)0b111_101_101);
        await server.BaseBackupAsync();
        var file = folder.File("orders.prom");
        string[] run = ["run", "--connection", server.ConnectionUri(), "--interval", "5m", "--label", "team=a \"b\"\\n"];

        var result = await BackupMetrics.RunAsync([.. run, "--instance", "orders", "--gateway", gateway.Url, "--textfile", file]);
        var alone = await BackupMetrics.RunAsync([.. run, "--instance", "stock", "--textfile", folder.File("stock.prom")]);

        Assert.Equal((0, 0), (result.ExitCode, alone.ExitCode));
        Assert.Matches($"(?m)^ok {Regex.Escape(file)} was written \\([0-9]+ samples\\)$", result.Error);
        Assert.DoesNotContain("pushed", alone.Error, StringComparison.Ordinal);
        var check = await Promtool.CheckMetricsAsync(await File.ReadAllTextAsync(file));
        Assert.True(check.ExitCode is 0 or 3, string.Join('\n', check.Lines));
        Assert.All(Lines(await File.ReadAllTextAsync(file)), line => Assert.Matches("^[a-z_]+[{].*[}] [^ ]+$", line));

        await using var exporter = await NodeExporterServer.StartAsync(folder.Path);
        Assert.Contains("node_textfile_scrape_error 0\n", await exporter.MetricsAsync(), StringComparison.Ordinal);
        var scrape = Yaml("scrape_configs").Replace("db1.example:9100", exporter.Authority, StringComparison.Ordinal);
        await using var prometheus = await PrometheusServer.StartAsync($"global: {{scrape_interval: 1s}}\n{scrape}");
        await prometheus.WaitForAsync("postgres_backup_probe_success{instance='stock'}");

        var scraped = await prometheus.QueryAsync("{job='backup_metrics',run='orders'}");
        Assert.Equal(
            Lines(await gateway.MetricsAsync())
                .Where(line =>
                    !line.StartsWith("push_", StringComparison.Ordinal) && line.Contains("run=\"orders\"", StringComparison.Ordinal)
                )
                .Select(Labels)
                .Order(),
            scraped.Select(sample => Text(sample.Labels)).Order()
        );
        Assert.Empty(await prometheus.QueryAsync("{exported_job!=''} or {exported_instance!=''}"));
        Assert.NotEmpty(await prometheus.QueryAsync($"node_textfile_scrape_error{{job='node',instance='{exporter.Authority}'}}"));
    }

    [Fact]
    public async Task A_failed_push_and_a_dead_database_are_in_the_file()
    {
        using var folder = new TempFolder();
        var file = folder.Write("backup.prom", "old");
        await using var before = File.OpenRead(file);

        var result = await BackupMetrics.RunAsync(
            "run",
            "--connection",
            $"postgresql://u@127.0.0.1:{FreePort.Next()}/x",
            "--gateway",
            $"http://127.0.0.1:{FreePort.Next()}",
            "--deadline",
            "4s",
            "--textfile",
            file
        );

        Assert.Equal(75, result.ExitCode);
        Assert.Contains("reason=\"refused\"", await File.ReadAllTextAsync(file), StringComparison.Ordinal);
        // Whoever had opened it still reads the whole of what it was.
        Assert.Equal("old", await new StreamReader(before).ReadToEndAsync());
        Assert.Equal((UnixFileMode)0b110_100_100, File.GetUnixFileMode(file));
        Assert.Equal([file], Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public async Task A_strict_umask_does_not_hide_it()
    {
        using var folder = new TempFolder();
        var result = await ChildProcess.RunAsync(
            "/bin/sh",
            ["-c", "umask 077; \"$@\"", "sh", BackupMetrics.Executable, .. Refused, "--textfile", folder.File("b.prom")],
            new() { Environment = Variables }
        );

        Assert.Equal((69, (UnixFileMode)0b110_100_100), (result.ExitCode, File.GetUnixFileMode(folder.File("b.prom"))));
    }

    [Theory]
    [InlineData(false, "missing/x.prom", 74)]
    [InlineData(false, "taken.prom", 74)]
    [InlineData(true, "missing/x.prom", 75)]
    public async Task A_file_that_cannot_be_written_does_not_stop_the_push(bool isGatewayDown, string name, int code)
    {
        using var folder = new TempFolder();
        Directory.CreateDirectory(folder.File("taken.prom"));
        await using var gateway = await PushgatewayServer.StartAsync();
        var url = isGatewayDown ? $"http://127.0.0.1:{FreePort.Next()}" : gateway.Url;

        var result = await BackupMetrics.RunAsync([.. Refused, "--gateway", url, "--textfile", folder.File(name)]);

        Assert.Equal(code, result.ExitCode);
        Assert.Contains($"FAILED {folder.File(name)} could not be written: ", result.Error, StringComparison.Ordinal);
        Assert.Equal(isGatewayDown ? 0 : 1, (await gateway.GroupsAsync()).Count);
        Assert.Equal([folder.File("taken.prom")], Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public async Task A_folder_that_belongs_to_another_user_is_named_once()
    {
        using var folder = new TempFolder();
        File.SetUnixFileMode(folder.Path, (UnixFileMode)0b101_101_101);

        var result = await BackupMetrics.RunAsync([.. Refused, "--textfile", folder.File("b.prom")], null, unprivileged: true);

        File.SetUnixFileMode(folder.Path, (UnixFileMode)0b111_101_101);
        Assert.Equal(74, result.ExitCode);
        Assert.Contains(
            $"\nFAILED {folder.File("b.prom")} could not be written: permission denied\n",
            result.Error,
            StringComparison.Ordinal
        );
    }

    /// <summary>A limit on the size of files fails a write in the middle, as a full disk does.</summary>
    [Fact]
    public async Task A_write_that_ends_in_the_middle_leaves_the_old_file()
    {
        using var folder = new TempFolder();
        var file = folder.Write("b.prom", "old");

        var result = await ChildProcess.RunAsync(
            "/bin/sh",
            ["-c", "trap '' XFSZ; ulimit -f 1; \"$@\"", "sh", BackupMetrics.Executable, .. Refused, "--textfile", file],
            new() { Environment = WithoutOwnFiles }
        );

        Assert.True(result.ExitCode == 74, result.Error);
        Assert.Equal(("old", 1), (await File.ReadAllTextAsync(file), Directory.GetFileSystemEntries(folder.Path).Length));
    }

    /// <summary>NFS, a quota and a thin volume that is full may report a failed write only here, as the disk is waited for.</summary>
    [Theory]
    [InlineData("EIO", 74, "Input/output error")]
    [InlineData("ENOSPC", 74, "No space left on device")]
    [InlineData("EDQUOT", 74, "Disk quota exceeded")]
    [InlineData("EROFS", 74, "Read-only file system")]
    // A file system without this call, where nothing failed.
    [InlineData("EINVAL", 69, " was written (")]
    public async Task What_did_not_reach_the_disk_does_not_replace_the_old_file(string error, int code, string says)
    {
        using var folder = new TempFolder();
        var file = folder.Write("b.prom", "old");
        var source = folder.Write("fault.c", FaultyDisk.Replace("ERROR", error, StringComparison.Ordinal));
        await ChildProcess.RunSuccessfullyAsync(Tool.Find("gcc", "apt-get install gcc"), ["-o", folder.File("fault"), source]);

        var result = await ChildProcess.RunAsync(
            folder.File("fault"),
            [BackupMetrics.Executable, .. Refused, "--textfile", file],
            new() { Environment = Variables }
        );

        Assert.Equal(code, result.ExitCode);
        Assert.Contains(says, result.Error, StringComparison.Ordinal);
        Assert.Equal(code == 74, await File.ReadAllTextAsync(file) == "old");
        Assert.Equal(3, Directory.GetFileSystemEntries(folder.Path).Length);
    }

    [Fact]
    public async Task The_page_has_a_configuration_that_prometheus_accepts()
    {
        using var folder = new TempFolder();
        var config = folder.Write("prometheus.yml", Yaml("scrape_configs") + Yaml("alerting"));

        var result = await Promtool.RunAsync("check", "config", config);

        Assert.True(result.ExitCode == 0, result.Output + result.Error);
    }

    static string[] Refused =>
        ["run", "--connection", $"postgresql://u@127.0.0.1:{FreePort.Next()}/x", "--instance", "gone", "--deadline", "30s"];

    static string Yaml(string key) =>
        Regex
            .Matches(Page, "```yaml\n(.*?)```", RegexOptions.Singleline)
            .Select(match => match.Groups[1].Value)
            .Single(text => text.StartsWith(key, StringComparison.Ordinal));

    static IEnumerable<string> Lines(string text) => text.Split('\n').Where(line => line.Length > 0 && line[0] != '#');

    /// <summary>Without the value, and without empty labels, which are none.</summary>
    static string Labels(string line)
    {
        var labels = Label().Matches(line).ToDictionary(match => match.Groups[1].Value, match => Regex.Unescape(match.Groups[2].Value));
        labels["__name__"] = line[..line.IndexOfAny(['{', ' '])];
        return Text(labels);
    }

    static string Text(IReadOnlyDictionary<string, string> labels) =>
        string.Join(", ", labels.Where(label => label.Value.Length > 0).Select(label => $"{label.Key}={label.Value}").Order());

    [GeneratedRegex("""([a-z_]+)="((?:[^"\\]|\\.)*)[",}]""")]
    private static partial Regex Label();
}
