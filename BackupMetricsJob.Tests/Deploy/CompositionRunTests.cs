using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Deploy;

/// <summary>
/// What the composition does, without an engine: Debian's programs in the place of the images, with the files that are mounted and the
/// flags that are given. Changed are addresses, folders, and times: what takes minutes there takes a second here.
/// </summary>
public sealed class CompositionRunTests
{
    [Fact]
    public async Task A_backup_that_is_taken_there_is_seen_in_Prometheus()
    {
        var composition = await Composition.ReadAsync();
        using var folder = new TempFolder();
        var secrets = await SecretsAsync(folder);
        var backups = await BackupFolderAsync();
        await using var server = await StartPostgresAsync(composition, backups, secrets);

        await using var backup = ChildProcess.Start(
            composition.Mounts("backup")["/usr/local/bin/take-backups"],
            [],
            new() { Unprivileged = true, Environment = BackupEnvironment(composition, server, backups, secrets) }
        );
        await Wait.ForAsync(
            "three base backups",
            () => ("\n" + backup.Output).Split("\ntook ").Length > 3,
            state: () => backup.Output + backup.Error + server.Log
        );
        backup.Signal(PosixSignal.SIGTERM);
        Assert.Equal(0, (await backup.WaitAsync()).ExitCode);
        var kept = Directory
            .GetDirectories(Path.Combine(backups, "base"))
            .Where(taken => !taken.EndsWith(".part", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .ToList();
        Assert.InRange(kept.Count, 2, 3);
        Assert.All(kept, taken => Assert.True(File.Exists(Path.Combine(taken, "base.tar.gz"))));
        Assert.InRange(Directory.GetFiles(Path.Combine(backups, "wal"), "*.backup").Length, 2, 3);

        Dictionary<string, string> place = new()
        {
            ["/pushgateway"] = folder.Path,
            ["/alertmanager"] = folder.File("alertmanager"),
            ["/prometheus"] = folder.File("prometheus"),
        };
        await using var gateway = await ComposedProgram.StartAsync(composition, "pushgateway", place);
        place["/etc/alertmanager"] = composition.Mounts("alertmanager")["/etc/alertmanager"];
        await using var alertmanager = await ComposedProgram.StartAsync(composition, "alertmanager", place);
        place["/etc/prometheus"] = PrometheusFolder(composition, folder, gateway.Address, alertmanager.Address);
        await using var prometheus = await ComposedProgram.StartAsync(composition, "prometheus", place);

        var settings = folder.Write("backup-metrics.yaml", JobSettings(composition, server, gateway.Address, secrets));
        var run = await BackupMetrics.RunAsync("run", "--config", settings, "--dry-run");
        Assert.True(run.ExitCode == 0, run.Error);
        await using var job = BackupMetrics.Start(
            composition
                .Command("job")
                .Select(word => word.Replace("/etc/backup-metrics/backup-metrics.yaml", settings, StringComparison.Ordinal))
        );

        await SeenAsync(
            prometheus,
            "time() - postgres_backup:last_success_timestamp_seconds{job=\"backup_metrics\",instance=\"orders\",team=\"payments\","
                + "type=\"base\"} < 120",
            () => job.Error
        );
        await SeenAsync(prometheus, "postgres_backup_last_duration_seconds{instance=\"orders\",tool=\"pg_basebackup\"}", () => job.Error);
        await SeenAsync(prometheus, "postgres_wal_archive_state{instance=\"orders\",state=\"ok\"} == 1", () => job.Error);
        await SeenAsync(prometheus, "backup_metrics_run_success == 1", () => job.Error);
        await AnswersAsync(
            prometheus,
            "api/v1/alertmanagers",
            answer => answer.GetProperty("activeAlertmanagers").GetArrayLength() == 1,
            () => prometheus.Log
        );
        Assert.DoesNotContain("level=error", prometheus.Log, StringComparison.Ordinal);
    }

    static async Task<string> SecretsAsync(TempFolder folder)
    {
        File.Copy(Path.Combine(Repository.Root, "deploy", "compose", "make-secrets"), folder.File("make-secrets"));
        await ChildProcess.RunSuccessfullyAsync(folder.File("make-secrets"), []);
        var secrets = folder.File("secrets");
        // In a container they are mounted one by one; here the server's user must come in.
        await ChildProcess.RunSuccessfullyAsync("/bin/chmod", ["755", secrets]);
        return secrets;
    }

    static async Task<string> BackupFolderAsync()
    {
        var backups = RunFolder.NewFolder("backups");
        foreach (var name in new[] { "wal", "base" })
            Directory.CreateDirectory(Path.Combine(backups, name));
        PostgresTemplate.GiveToServerUser(backups);
        return backups;
    }

    // As the image's entrypoint does: initdb, the scripts in the order of their names, a restart. Its one line of pg_hba.conf that matters
    // to others.
    static async Task<PostgresServer> StartPostgresAsync(Composition composition, string backups, string secrets)
    {
        var options = new PostgresOptions { Hba = ["host all all all scram-sha-256"] };
        foreach (var setting in composition.Command("postgres").Skip(1).Where(word => word != "-c"))
            options.Settings.Add(
                setting[..setting.IndexOf('=', StringComparison.Ordinal)],
                setting[(setting.IndexOf('=', StringComparison.Ordinal) + 1)..]
                    .Replace("/backups/", backups + "/", StringComparison.Ordinal)
            );
        var server = await PostgresServer.StartAsync(options);
        Dictionary<string, string> environment = new()
        {
            ["PATH"] = Environment.GetEnvironmentVariable("PATH")!,
            ["PGHOST"] = server.SocketDirectory,
            ["PGPORT"] = server.Port.ToString(CultureInfo.InvariantCulture),
            ["PGDATA"] = server.DataDirectory,
            ["POSTGRES_USER"] = "postgres",
            ["POSTGRES_DB"] = "postgres",
            ["SECRETS"] = secrets,
        };
        foreach (var (place, script) in composition.Mounts("postgres").OrderBy(mount => mount.Key, StringComparer.Ordinal))
        {
            Assert.StartsWith("/docker-entrypoint-initdb.d/", place, StringComparison.Ordinal);
            var (program, arguments) = script.EndsWith(".sql", StringComparison.Ordinal)
                ? (
                    Tool.Find("psql", "apt-get install postgresql-client"),
                    new[] { "-X", "-v", "ON_ERROR_STOP=1", "-U", "postgres", "-f", script, "postgres" }
                )
                : (script, []);
            await ChildProcess.RunSuccessfullyAsync(program, arguments, new() { Unprivileged = true, Environment = environment });
        }

        await server.StopAsync();
        await server.StartAgainAsync();
        return server;
    }

    static Dictionary<string, string> BackupEnvironment(Composition composition, PostgresServer server, string backups, string secrets) =>
        new(composition.Environment("backup"))
        {
            ["PATH"] = $"{PostgresBinaries.Distribution.Folder}:{Environment.GetEnvironmentVariable("PATH")}",
            ["PGHOST"] = PostgresServer.Host,
            ["PGPORT"] = server.Port.ToString(CultureInfo.InvariantCulture),
            ["BACKUPS"] = backups,
            ["EVERY_SECONDS"] = "1",
            ["SECRETS"] = secrets,
        };

    static string PrometheusFolder(Composition composition, TempFolder folder, string gateway, string alertmanager)
    {
        var target = folder.File("etc-prometheus");
        var source = composition.Mounts("prometheus")["/etc/prometheus"];
        foreach (var path in Directory.GetFiles(source, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(target, Path.GetRelativePath(source, path));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.WriteAllText(
                copy,
                File.ReadAllText(path)
                    .Replace("'pushgateway:9091'", $"'{gateway}'", StringComparison.Ordinal)
                    .Replace("'alertmanager:9093'", $"'{alertmanager}'", StringComparison.Ordinal)
                    .Replace("interval: 1m", "interval: 1s", StringComparison.Ordinal)
                    .Replace("interval: 2m", "interval: 1s", StringComparison.Ordinal)
            );
        }

        return target;
    }

    static string JobSettings(Composition composition, PostgresServer server, string gateway, string secrets) =>
        File.ReadAllText(Path.Combine(composition.Mounts("job")["/etc/backup-metrics"], "backup-metrics.yaml"))
            .Replace("cron: \"* * * * *\"", "cron: \"* * * * * ?\"", StringComparison.Ordinal)
            .Replace(
                "{host: postgres}",
                string.Create(CultureInfo.InvariantCulture, $"{{host: {PostgresServer.Host}, port: {server.Port}}}"),
                StringComparison.Ordinal
            )
            .Replace("pushgateway:9091", gateway, StringComparison.Ordinal)
            .Replace("/run/secrets", secrets, StringComparison.Ordinal);

    static Task SeenAsync(ComposedProgram prometheus, string expression, Func<string> log) =>
        AnswersAsync(
            prometheus,
            "api/v1/query?query=" + Uri.EscapeDataString(expression),
            answer => answer.GetProperty("result").GetArrayLength() > 0,
            log
        );

    static async Task AnswersAsync(ComposedProgram prometheus, string path, Func<JsonElement, bool> expected, Func<string> log)
    {
        using var client = new HttpClient { BaseAddress = new($"http://{prometheus.Address}/") };
        await Wait.ForAsync(
            "the answer to " + path,
            async () =>
            {
                try
                {
                    using var answer = JsonDocument.Parse(await client.GetStringAsync(new Uri(path, UriKind.Relative)));
                    return expected(answer.RootElement.GetProperty("data"));
                }
                catch (HttpRequestException)
                {
                    return false; // It listens before it is ready.
                }
            },
            state: log
        );
    }
}
