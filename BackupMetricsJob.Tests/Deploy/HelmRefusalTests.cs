using System.Text.RegularExpressions;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Deploy;

/// <summary>What the chart refuses: wrong values, and those that contradict each other, in words that name what to set.</summary>
public sealed class HelmRefusalTests
{
    [Theory]
    [InlineData("mode=daemon", "/mode")]
    [InlineData("monitor.kind=both", "/monitor/kind")]
    [InlineData("schedule=often", "/schedule")]
    [InlineData("resources.limit.memory=1Gi", "limit")]
    [InlineData("config.cron=1", "/config/cron")]
    [InlineData("networkPolicy.postgresPorts={0}", "postgresPorts")]
    [InlineData("terminationGracePeriodSeconds=5", "terminationGracePeriodSeconds")]
    [InlineData("drill.enabled=true", "drill.image.repository")]
    // A typo, at each depth.
    [InlineData("config.bogus=1", "'/config': additional properties 'bogus'")]
    [InlineData("config.defaults.pasword_file=x", "'/config/defaults': additional properties 'pasword_file'")]
    [InlineData("config.targets[0].conection=x", "- at '/config/targets/0': additional properties 'conection' not allowed\n\n")]
    [InlineData("config.gateway.ur=x", "- at '/config/gateway': additional properties 'ur' not allowed\n\n")]
    [InlineData(
        "config.defaults.sources[0].querry.sql=x",
        "- at '/config/defaults/sources/0': additional properties 'querry' not allowed\n\n"
    )]
    [InlineData("config.targets[0].connection.hots=x", "/connection': additional properties 'hots' not allowed\n\n")]
    [InlineData("config.defaults.max_age.base=often", "- at '/config/defaults/max_age/base': 'often' does not match")]
    [InlineData("config.targets[0].drill.tol=x", "/drill': additional properties 'tol' not allowed\n\n")]
    [InlineData("config.interval=often", "/config/interval")]
    [InlineData("extraEnv[0].name=A,extraEnv[0].vale=b", "vale")]
    [InlineData("affinity.podAfinity.x=1", "podAfinity")]
    [InlineData("tolerations[0].efect=NoSchedule", "efect")]
    // What Kubernetes would refuse.
    [InlineData("schedule=99 * * * *", ": schedule: \"99 * * * *\" is no schedule of cron")]
    [InlineData("schedule=@often", ": schedule: \"@often\" is no schedule of cron")]
    [InlineData("drill,drill.schedule=99 * * * *", ": drill.schedule: \"99 * * * *\"")]
    [InlineData("timeZone=Local", "/timeZone")]
    [InlineData("timeZone=Europe/Zurik", "timeZone: there is no \"Europe/Zurik\"")]
    [InlineData("existingSecret=My_Secret", "/existingSecret")]
    [InlineData("resources.limits.memory=1Go", "/resources/limits/memory")]
    [InlineData("drill.work.size=20Go", "/drill/work/size")]
    [InlineData("podLabels.app\\.kubernetes\\.io/name=x", "app.kubernetes.io/name")]
    [InlineData("prometheusRule.labels.helm\\.sh/chart=x", "helm.sh/chart")]
    // What would have no effect, or could not start.
    [InlineData("config.listen=:80", "/config/listen")]
    [InlineData("config.textfile=/x.prom", "/config/textfile")]
    [InlineData("scrape.push=true", "scrape.push: a CronJob always pushes")]
    [InlineData("serviceAccount.create=false,serviceAccount.annotations.a=b", "serviceAccount.annotations: has no effect")]
    [InlineData("mode=schedule,terminationGracePeriodSeconds=30", "terminationGracePeriodSeconds: must be at least 43")]
    [InlineData(
        "existingSecret=,config.defaults.password_file=/run/secrets/backup-metrics/x",
        "config names a file below /run/secrets/backup-metrics, and existingSecret is empty"
    )]
    [InlineData("schedule=1\\,31 * * * *", "config.interval: how often is \"1,31 * * * *\"?")]
    public Task A_wrong_value_is_refused_and_named(string value, string says) => IsRefusedAsync(value, says);

    [Theory]
    [InlineData("activeDeadlineSeconds=129", "activeDeadlineSeconds: must be at least 130: two pods")]
    [InlineData("config.deadline=1m40s,config.splay=16s", "activeDeadlineSeconds: must be at least 242")]
    [InlineData(
        "config.deadline=5m1s,activeDeadlineSeconds=1000",
        "config.deadline: a run may take 301 s (with config.splay), but one is due every 5m"
    )]
    [InlineData("config.interval=1h", "config.interval: is 1h, but \"*/5 * * * *\" runs every 5m: leave it out")]
    [InlineData("mode=schedule,config.interval=5m", "config.interval: has no effect in mode schedule")]
    [InlineData("mode=schedule,terminationGracePeriodSeconds=42", "terminationGracePeriodSeconds: must be at least 43")]
    [InlineData("mode=schedule,config.grace=1m", "terminationGracePeriodSeconds: must be at least 73")]
    [InlineData(
        "drill,drill.activeDeadlineSeconds=21600",
        "drill.activeDeadlineSeconds: must be more than the --timeout of the drill (6h)"
    )]
    [InlineData(
        "drill,drill.args={--tool,barman,--timeout,7h}",
        "drill.activeDeadlineSeconds: must be more than the --timeout of the drill (7h)"
    )]
    [InlineData("config.gateway=null", "config.gateway: is empty, and a CronJob pushes")]
    [InlineData("mode=schedule,scrape.push=true,config.gateway=null", "config.gateway: is empty, and scrape.push pushes")]
    [InlineData("mode=schedule,config.heartbeat.url_file=/x", "config.heartbeat: has no effect without scrape.push")]
    [InlineData("extraArgs={--deadline=5m}", "extraArgs: --deadline: the chart knows it by config.deadline")]
    [InlineData("extraArgs={--timezone,UTC}", "extraArgs: --timezone: the chart knows it by timeZone")]
    [InlineData(
        "extraEnv[0].name=BACKUP_METRICS_GATEWAY,extraEnv[0].value=x",
        "extraEnv: BACKUP_METRICS_GATEWAY: the chart knows it by config.gateway"
    )]
    public Task What_contradicts_itself_is_refused(string values, string says) => IsRefusedAsync(values, says);

    [Theory]
    [InlineData("config.deadline=1m40s,config.splay=10s,activeDeadlineSeconds=230")]
    [InlineData("config.interval=300s")]
    [InlineData("mode=schedule,config.grace=30s,terminationGracePeriodSeconds=43")]
    [InlineData("drill,drill.args={--tool,barman,--timeout=2h},drill.activeDeadlineSeconds=7201")]
    [InlineData("timeZone=Europe/Zurich")]
    [InlineData("timeZone=UTC")]
    [InlineData("schedule=*/90 * * * *,config.interval=1h")]
    [InlineData("schedule=3\\,33 1-5 * jan MON-Fri,config.interval=3d")]
    public async Task What_agrees_is_not(string values) => Assert.NotEmpty(await HelmChartTests.RenderAsync(values));

    /// <summary>A ConfigMap and the variables of a pod can be read by whoever may look at pods.</summary>
    [Theory]
    [InlineData("config.targets[0].connection.password=x", "config.targets[0].connection (orders) has a password")]
    [InlineData("config.targets[0].connection.sslpassword=x", "config.targets[0].connection (orders) has a password")]
    [InlineData("config.targets[0].connection=postgresql://monitor:x@h/db", "config.targets[0].connection (orders) has a password")]
    [InlineData("config.targets[0].connection=postgres://monitor@h/db?sslmode=require&password=x", "connection (orders) has a password")]
    [InlineData("config.targets[0].connection=host=h password='x y'", "config.targets[0].connection (orders) has a password")]
    [InlineData("config.targets[0].connection=password = x", "config.targets[0].connection (orders) has a password")]
    [InlineData("config.defaults.connection.password=x", "config.defaults.password_file")]
    [InlineData("config.gateway.basic_auth.username=u,config.gateway.basic_auth.password=x", "config.gateway.basic_auth.password")]
    [InlineData("config.gateway.authorization.credentials=x", "config.gateway.authorization.credentials")]
    [InlineData("config.heartbeat.url=https://hc-ping.com/x", "config.heartbeat.url")]
    [InlineData("extraEnv[0].name=PGPASSWORD,extraEnv[0].value=x", "extraEnv PGPASSWORD")]
    [InlineData("extraEnv[0].name=ORDERS,extraEnv[0].value=x,config.defaults.password_env=ORDERS", "extraEnv ORDERS")]
    [InlineData("extraEnv[0].name=BACKUP_METRICS_HEARTBEAT,extraEnv[0].value=x", "extraEnv BACKUP_METRICS_HEARTBEAT")]
    [InlineData("drill.env[0].name=AWS_SECRET_ACCESS_KEY,drill.env[0].value=x", "drill.env AWS_SECRET_ACCESS_KEY")]
    [InlineData("extraArgs={--heartbeat,https://hc-ping.com/x}", "extraArgs --heartbeat")]
    [InlineData("drill.args={--connection=postgresql://monitor:x@h/db}", "drill.args --connection")]
    public async Task A_secret_in_the_open_is_refused(string values, string names)
    {
        var error = await IsRefusedAsync(values, names);

        Assert.Matches(
            ": others can read it in the (ConfigMap|pod)[.] Put it into the Secret that existingSecret names, and set .*[A-Za-z]+",
            error
        );
    }

    /// <summary>Its start and fail have no file.</summary>
    [Fact]
    public Task The_other_URLs_of_a_heartbeat_are_secrets_too() =>
        IsRefusedAsync("config.heartbeat.url_file=/x,config.heartbeat.fail=https://h/x", "config.heartbeat.fail: others can read it");

    [Theory]
    [InlineData("config.targets[0].connection=postgresql://monitor@h:5432/db?passfile=/x")]
    [InlineData("config.targets[0].connection=postgresql://monitor:@h/db?application_name=a:b")]
    [InlineData("config.targets[0].connection=host=h passfile=/x application_name=password")]
    [InlineData("config.heartbeat.url_file=/run/secrets/backup-metrics/heartbeat,config.heartbeat.start=none")]
    [InlineData("extraEnv[0].name=BACKUP_METRICS_GATEWAY_PASSWORD_FILE,extraEnv[0].value=/x")]
    [InlineData("extraEnv[0].name=PGPASSWORD,extraEnv[0].valueFrom.secretKeyRef.name=x,extraEnv[0].valueFrom.secretKeyRef.key=y")]
    public async Task What_is_no_secret_is_not(string values) => Assert.NotEmpty(await HelmChartTests.RenderAsync(values));

    /// <summary>Helm takes a default away that is set to null. An empty selector would select everything.</summary>
    [Fact]
    public async Task A_value_that_is_null_is_refused()
    {
        using var schema = System.Text.Json.JsonDocument.Parse(
            await File.ReadAllTextAsync(Path.Combine(HelmChartTests.Chart, "values.schema.json"))
        );
        var paths = Paths(schema.RootElement, "").ToList();
        Assert.Contains("networkPolicy.gateway.podLabels", paths);
        Assert.Contains("drill.resources.limits", paths);

        var result = await Helm.RunAsync([
            "template",
            "test",
            HelmChartTests.Chart,
            "--set-json",
            HelmChartTests.Target,
            "--set",
            string.Join(',', paths.Select(path => path + "=null")),
        ]);

        Assert.Equal(1, result.ExitCode);
        Assert.All(
            paths,
            path =>
                Assert.Matches(
                    $"at '/?{Regex.Escape(path.Contains('.') ? path[..path.LastIndexOf('.')].Replace('.', '/') : "")}': "
                        + $"missing propert.*'{path[(path.LastIndexOf('.') + 1)..]}'",
                    result.Error
                )
        );
    }

    // All leaves, but what the configuration file has.
    static IEnumerable<string> Paths(System.Text.Json.JsonElement schema, string path)
    {
        foreach (var property in schema.GetProperty("properties").EnumerateObject())
        {
            var name = path.Length == 0 ? property.Name : $"{path}.{property.Name}";
            if (name is "config" or "global" or "affinity")
                continue;
            if (property.Value.TryGetProperty("properties", out _) && name != "monitor.namespaceSelector")
            {
                foreach (var inner in Paths(property.Value, name))
                {
                    if (!inner.EndsWith(".claims", StringComparison.Ordinal))
                        yield return inner;
                }
            }
            else
            {
                yield return name;
            }
        }
    }

    static async Task<string> IsRefusedAsync(string values, string says)
    {
        var result = await HelmChartTests.TemplateAsync(values);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains(says, result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("nil pointer", result.Error, StringComparison.Ordinal);
        return result.Error;
    }
}
