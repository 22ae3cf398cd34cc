using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Deploy;

/// <summary>The composition is one that docker-compose takes and that fits together; each kind of damage to it is found.</summary>
public sealed class CompositionTests
{
    [Fact]
    public async Task Docker_compose_has_no_complaint()
    {
        var result = await Composition.CheckAsync(Composition.Path);

        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Equal("", result.Output + result.Error);
    }

    [Theory]
    [InlineData("ports: [\"127.0.0.1:9091:9091\"]", "portss: [\"127.0.0.1:9091:9091\"]", "portss")]
    [InlineData("      postgres: {condition: service_healthy}", "      postgres: {condition: healthy}", "depends_on")]
    [InlineData("    retries: 5", "    retries: often", "retries")]
    [InlineData("    - backups:/backups\n", "    - backupz:/backups\n", "backupz")]
    public async Task Docker_compose_finds_what_is_misspelt(string good, string bad, string named)
    {
        using var folder = new TempFolder();

        var result = await Composition.CheckAsync(folder.Write("docker-compose.yml", await DamagedAsync(good, bad)));

        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains(named, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Everything_in_it_is_there_and_fits() =>
        Assert.Empty(await CompositionProblems.FindAsync(await Composition.ReadAsync()));

    [Theory]
    [InlineData("./deploy/compose/job:", "./deploy/compose/jobs:", "deploy/compose/jobs is not there")]
    [InlineData(
        "./deploy/prometheus:/etc/alertmanager",
        "./deploy/alertmanager:/etc/alertmanager",
        "alertmanager: deploy/alertmanager is not there"
    )]
    [InlineData("secrets: [backup_password]", "secrets: [backups_password]", "there is no secret backups_password")]
    [InlineData("    secrets: [grafana_admin_password]\n", "", "GF_SECURITY_ADMIN_PASSWORD__FILE names a secret that it is not given")]
    [InlineData("127.0.0.1:9090:9090", "9090:9090", "prometheus: port 9090:9090 is open to everybody")]
    [InlineData("prom/pushgateway:v1.11.1", "prom/pushgateway:latest", "pushgateway: its image is not pinned")]
    [InlineData("prom/pushgateway:v1.11.1", "prom/pushgateway", "pushgateway: its image is not pinned")]
    [InlineData("--persistence.interval", "--persistent.interval", "prometheus-pushgateway does not know --persistent.interval")]
    [InlineData("--web.console.templates", "--web.console.template", "prometheus does not know --web.console.template")]
    [InlineData("\n  pushgateway:\n    image", "\n  gateway:\n    image", "prometheus.yml: there is no service pushgateway")]
    [InlineData("PGHOST: postgres", "PGHOST: database", "PGHOST: there is no service database")]
    [InlineData("    mem_limit: 128m\n", "", "its memory has no limit")]
    public async Task Damage_is_found(string good, string bad, string problem)
    {
        var problems = await CompositionProblems.FindAsync(await Composition.ReadAsync(await DamagedAsync(good, bad)));

        Assert.Contains(problems, found => found.Contains(problem, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Ranchers_label_is_on_what_listens()
    {
        var labelled = (await Composition.ReadAsync()).Services.Where(service => service.Value.TryGetProperty("labels", out _)).ToList();

        Assert.Equal("pushgateway", Assert.Single(labelled).Key);
        Assert.Equal("9091", labelled[0].Value.GetProperty("labels").GetProperty("prometheus_port").GetString());
    }

    [Fact]
    public async Task Grafana_finds_its_dashboards_where_they_are_mounted()
    {
        var mounts = (await Composition.ReadAsync()).Mounts("grafana");
        var providers = await YamlText.ReadAsync(
            await File.ReadAllTextAsync(Path.Combine(mounts["/etc/grafana/provisioning"], "dashboards", "backup-metrics.yaml"))
        );

        var path = Assert
            .Single(providers.GetProperty("providers").EnumerateArray())
            .GetProperty("options")
            .GetProperty("path")
            .GetString()!;

        Assert.Equal("/var/lib/grafana/dashboards", path);
        Assert.Equal(Path.Combine(Repository.Root, "deploy", "grafana", "dashboards"), mounts[path]);
    }

    [Fact]
    public async Task The_passwords_are_made_at_random_and_once()
    {
        using var folder = new TempFolder();
        var script = folder.File("make-secrets");
        File.Copy(Path.Combine(Repository.Root, "deploy", "compose", "make-secrets"), script);

        await ChildProcess.RunSuccessfullyAsync(script, []);
        var made = Read();
        await ChildProcess.RunSuccessfullyAsync(script, []);

        Assert.Equal((await Composition.ReadAsync()).Secrets.Values.Select(Path.GetFileName).Order(), made.Keys.Order());
        Assert.Equal(made, Read());
        Assert.Equal(made.Count, made.Values.Distinct().Count());
        Assert.All(made.Values, password => Assert.Matches("^[A-Za-z0-9]{32}$", password));
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute,
            new DirectoryInfo(folder.File("secrets")).UnixFileMode
        );
        Assert.Contains("deploy/compose/secrets/", await File.ReadAllLinesAsync(Path.Combine(Repository.Root, ".gitignore")));

        Dictionary<string, string> Read() =>
            Directory.GetFiles(folder.File("secrets")).ToDictionary(file => Path.GetFileName(file), File.ReadAllText);
    }

    static async Task<string> DamagedAsync(string good, string bad)
    {
        var text = await File.ReadAllTextAsync(Composition.Path);
        Assert.Contains(good, text, StringComparison.Ordinal);
        return text.Replace(good, bad, StringComparison.Ordinal);
    }
}
