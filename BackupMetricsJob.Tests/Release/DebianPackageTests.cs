using System.Text.RegularExpressions;
using BackupMetricsJob.Tests.Shipped;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Release;

/// <summary>The .deb: what is in it, what Debian's own checker says, and how it is installed, upgraded, removed and purged.</summary>
public sealed class DebianPackageTests
{
    const string Configuration = "etc/backup-metrics/config.yaml";
    const string Variables = "etc/backup-metrics/environment";

    static readonly string DpkgDeb = Tool.Find("dpkg-deb", "apt-get install dpkg");

    [Fact]
    public async Task Lintian_has_nothing_to_say_that_is_not_explained()
    {
        var result = await ChildProcess.RunAsync(
            Tool.Find("lintian", "apt-get install lintian"),
            ["--allow-root", "--no-cfg", "--fail-on", "error,warning", await ReleasedFiles.FileAsync(".deb")],
            deadline: TimeSpan.FromMinutes(5)
        );

        // What is told here, and an override that nothing needs, is to be mended, or explained in deploy/debian/lintian-overrides.
        Assert.Equal((0, "", ""), (result.ExitCode, result.Output, result.Error));
    }

    [Fact]
    public async Task It_says_which_program_it_holds_and_what_that_needs()
    {
        var deb = await ReleasedFiles.FileAsync(".deb");
        var version = (await ChildProcess.RunSuccessfullyAsync(await NativeProgram.PathAsync(), ["--version"])).Split('+')[0].Trim();

        var fields = await ChildProcess.RunSuccessfullyAsync(DpkgDeb, ["-f", deb]);
        var content = await ChildProcess.RunSuccessfullyAsync(DpkgDeb, ["-c", deb]);

        Assert.Contains($"\nVersion: {version}\n", fields, StringComparison.Ordinal);
        Assert.Matches("\nDepends: libc6 \\(>= 2\\.[0-9]+\\), libssl3, systemd [|] ", fields);
        Assert.Equal(
            [],
            content
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Where(line => !line.Contains(" root/root ", StringComparison.Ordinal))
        );
        Assert.Contains($"./usr/share/man/man1/backup-metrics-run.1.gz\n", content, StringComparison.Ordinal);
        Assert.Contains($"./usr/share/zsh/vendor-completions/_backup-metrics\n", content, StringComparison.Ordinal);
        Assert.Contains($"./usr/share/fish/vendor_completions.d/backup-metrics.fish\n", content, StringComparison.Ordinal);
        Assert.Contains($"./usr/share/bash-completion/completions/backup-metrics\n", content, StringComparison.Ordinal);
        Assert.Contains($"./usr/share/backup-metrics/prometheus/backup.rules.yml\n", content, StringComparison.Ordinal);
        Assert.Contains($"./usr/share/backup-metrics/grafana/dashboards/backup-fleet.json\n", content, StringComparison.Ordinal);
        Assert.Matches("-rw-r----- .* \\./etc/backup-metrics/environment\n", content);
    }

    [Fact]
    public async Task It_is_installed_upgraded_removed_and_purged_and_keeps_what_was_changed_until_then()
    {
        using var root = new DebianRoot();
        var deb = await ReleasedFiles.FileAsync(".deb");

        var installed = await root.DpkgAsync("--install", deb);

        Assert.True(installed.ExitCode == 0, installed.Error);
        Assert.Equal("install ok installed", root.Status);
        Assert.Matches("^backup-metrics:x:[0-9]+:[0-9]+:ages of PostgreSQL backups:/:/usr/sbin/nologin\n$", root.Read("etc/passwd"));
        Assert.Equal(0, (await ChildProcess.RunAsync(root.File("usr/bin/backup-metrics"), ["--version"])).ExitCode);
        // Nothing is enabled.
        Assert.False(Directory.Exists(root.File("etc/systemd")));

        // As `systemctl enable` does.
        var enabled = root.File("etc/systemd/system/timers.target.wants/backup-metrics.timer");
        Directory.CreateDirectory(Path.GetDirectoryName(enabled)!);
        File.CreateSymbolicLink(enabled, "/usr/lib/systemd/system/backup-metrics.timer");
        await File.AppendAllTextAsync(root.File(Configuration), "# mine\n");
        var upgraded = await root.DpkgAsync("--install", await NextAsync(deb));

        Assert.True(upgraded.ExitCode == 0, upgraded.Error);
        Assert.Contains("\nVersion: 99.0.0\n", root.Read("var/lib/dpkg/status"), StringComparison.Ordinal);
        Assert.EndsWith("# mine\n", root.Read(Configuration), StringComparison.Ordinal);
        Assert.EndsWith("# of the next version\n", root.Read(Variables), StringComparison.Ordinal);
        Assert.Single(root.Read("etc/passwd").Split('\n', StringSplitOptions.RemoveEmptyEntries));

        Assert.Equal(0, (await root.DpkgAsync("--remove", "backup-metrics")).ExitCode);

        Assert.Equal("deinstall ok config-files", root.Status);
        Assert.False(File.Exists(root.File("usr/bin/backup-metrics")));
        Assert.EndsWith("# mine\n", root.Read(Configuration), StringComparison.Ordinal);
        Assert.NotNull(new FileInfo(enabled).LinkTarget);

        Assert.Equal(0, (await root.DpkgAsync("--purge", "backup-metrics")).ExitCode);

        Assert.Equal("", root.Status);
        Assert.False(Directory.Exists(root.File("etc/backup-metrics")));
        Assert.Null(new FileInfo(enabled).LinkTarget);
        Assert.False(Directory.Exists(root.File("usr")));
    }

    /// <summary>As it is installed it asks the server of its own host; the lines to uncomment are valid, too.</summary>
    [Fact]
    public async Task Its_configuration_is_accepted_as_it_is_and_with_its_examples()
    {
        var file = Path.Combine(Repository.Root, "deploy", "debian", "config.yaml");
        using var folder = new TempFolder();
        var password = folder.Write("password", "x\n", secret: true);
        var changed = Regex
            .Replace(
                await File.ReadAllTextAsync(file),
                "^# (?=grouping:|targets:|- name:|  connection:|  password_file:)",
                "",
                RegexOptions.Multiline
            )
            .Replace("/etc/backup-metrics/stock-password", password, StringComparison.Ordinal)
            .Replace("db2.example", "127.0.0.1", StringComparison.Ordinal);

        var fresh = await BackupMetrics.RunAsync("run", "--dry-run", "--config", file);
        var used = await BackupMetrics.RunAsync("run", "--dry-run", "--config", folder.Write("config.yaml", changed));

        // There is no server, or none that knows this role.
        Assert.Equal((69, 69), (fresh.ExitCode, used.ExitCode));
        Assert.Matches("postgres_backup_probe_success\\{instance=\"[^\"]+:5432\"\\} 0\n", fresh.Output);
        Assert.Contains("postgres_backup_probe_success{instance=\"orders\"} 0\n", used.Output, StringComparison.Ordinal);
        Assert.Contains("postgres_backup_probe_success{instance=\"stock\"} 0\n", used.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_variables_of_the_units_are_those_of_the_two_commands()
    {
        var known = new HashSet<string>();
        foreach (var command in new[] { "run", "schedule" })
        {
            var help = (await BackupMetrics.RunAsync(command, "--help")).Output;
            known.UnionWith(
                Regex
                    .Matches(help, "^  --([a-z-]+)", RegexOptions.Multiline)
                    .Select(match => "BACKUP_METRICS_" + match.Groups[1].Value.ToUpperInvariant().Replace('-', '_'))
            );
        }

        var named = Regex
            .Matches(
                await File.ReadAllTextAsync(Path.Combine(Repository.Root, "deploy", "debian", "environment")),
                "^#?(BACKUP_METRICS_[A-Z_]+)=",
                RegexOptions.Multiline
            )
            .Select(match => match.Groups[1].Value)
            .ToList();

        Assert.Contains("BACKUP_METRICS_CONFIG", named);
        Assert.Contains("BACKUP_METRICS_CRON", named);
        Assert.Equal([], named.Except(known));
    }

    /// <summary>The repository's units, but with the package's own user, whose name peer authentication knows.</summary>
    [Fact]
    public async Task Its_units_run_as_its_user_and_systemd_accepts_them()
    {
        using var folder = new TempFolder();
        await ChildProcess.RunSuccessfullyAsync(DpkgDeb, ["-x", await ReleasedFiles.FileAsync(".deb"), folder.Path]);
        var units = folder.File("usr/lib/systemd/system");

        foreach (var service in Directory.GetFiles(units, "*.service"))
        {
            var text = await File.ReadAllTextAsync(service);
            Assert.Contains("\nUser=backup-metrics\nGroup=backup-metrics\n", text, StringComparison.Ordinal);
            Assert.Contains("\nExecStart=/usr/bin/backup-metrics ", text, StringComparison.Ordinal);
            Assert.DoesNotContain("DynamicUser", text, StringComparison.Ordinal);
            Assert.DoesNotContain("/usr/local", text, StringComparison.Ordinal);
            await File.WriteAllTextAsync(
                service,
                text.Replace("/usr/bin/backup-metrics", folder.File("usr/bin/backup-metrics"), StringComparison.Ordinal)
            );
        }

        Assert.Equal(3, Directory.GetFiles(units).Length);
        var analyze = Tool.Find("systemd-analyze", "apt-get install systemd");
        var verified = await ChildProcess.RunAsync(analyze, ["verify", "--man=no", .. Directory.GetFiles(units)]);
        Assert.Equal("", verified.Error + verified.Output);
    }

    /// <summary>The same package as a later version, with a changed file of variables.</summary>
    static async Task<string> NextAsync(string deb)
    {
        var folder = RunFolder.NewFolder("next");
        await ChildProcess.RunSuccessfullyAsync(DpkgDeb, ["-R", deb, folder + "/tree"]);
        var control = folder + "/tree/DEBIAN/control";
        await File.WriteAllTextAsync(control, Regex.Replace(await File.ReadAllTextAsync(control), "(?m)^Version: .*$", "Version: 99.0.0"));
        await File.AppendAllTextAsync($"{folder}/tree/{Variables}", "# of the next version\n");
        await ChildProcess.RunSuccessfullyAsync(
            DpkgDeb,
            ["--root-owner-group", "-Zgzip", "-z1", "-b", folder + "/tree", folder + "/next.deb"]
        );
        return folder + "/next.deb";
    }
}
