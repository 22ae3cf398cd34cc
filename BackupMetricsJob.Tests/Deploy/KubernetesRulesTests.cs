using System.Text.RegularExpressions;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Deploy;

/// <summary>
/// In the manifests everything that refers to something finds it, and what does not is found. Kustomizations name files that are there.
/// </summary>
public sealed partial class KubernetesRulesTests
{
    const string Cron = "k8s-cronjob.yaml";
    const string Folder = "deploy/kubernetes/";

    // One mistake each that no type forbids, and what must be said of it.
    static readonly (string File, string From, string To, string Says)[] Mistakes =
    [
        (Cron, "[run, --config,", "[run, --configuration,", "run has no flag --configuration"),
        (Cron, "[run, --config,", "[start, --config,", "a command of ours"),
        (
            Cron,
            "            imagePullPolicy: IfNotPresent\n",
            "            env: [{name: BACKUP_METRICS_GATEWAYS, value: x}]\n",
            "run has no variable BACKUP_METRICS_GATEWAYS"
        ),
        (Cron, "  stock-password: ", "  stock_password: ", "nothing is mounted at /run/secrets/backup-metrics/stock-password"),
        (Cron, "  config.yaml: |", "  backup.yaml: |", "nothing is mounted at /etc/backup-metrics/config.yaml"),
        (Cron, "secret: {secretName: backup-metrics,", "secret: {secretName: backup-metric,", "there is no Secret backup-metric"),
        (Cron, "configMap: {name: backup-metrics}", "configMap: {name: backup-metric}", "there is no ConfigMap backup-metric"),
        (Cron, "serviceAccountName: backup-metrics", "serviceAccountName: backup-metric", "there is no ServiceAccount backup-metric"),
        (Cron, "          automountServiceAccountToken: false\n", "", "automountServiceAccountToken must be false"),
        (Cron, "          enableServiceLinks: false\n", "", "enableServiceLinks must be false"),
        (Cron, "runAsNonRoot: true", "runAsNonRoot: false", "must be non-root"),
        (Cron, "readOnlyRootFilesystem: true", "readOnlyRootFilesystem: false", "a writable root"),
        (Cron, "limits: {memory: 192Mi}", "limits: {cpu: 1}", "a limit of memory"),
        (Cron, "{name: config, mountPath", "{name: configuration, mountPath", "there is no volume configuration"),
        (
            Cron,
            "  name: backup-metrics\n  labels: {app.kubernetes.io/name: backup-metrics, app.kubernetes.io/component: job}",
            "  name: backup-metrics-of-the-whole-fleet-of-postgresql-servers\n  labels: {app.kubernetes.io/name: backup-metrics, "
                + "app.kubernetes.io/component: job}",
            "at most 52 characters"
        ),
        (Cron, "interval: 5m", "interval: 10m", "interval must be that of schedule, 300 s"),
        (Cron, "startingDeadlineSeconds: 200", "startingDeadlineSeconds: 5", "startingDeadlineSeconds must be"),
        (Cron, "activeDeadlineSeconds: 240", "activeDeadlineSeconds: 120", "too short for 2 tries of 60 s"),
        (Cron, "activeDeadlineSeconds: 240", "activeDeadlineSeconds: 290", "before the next slot"),
        (Cron, "terminationGracePeriodSeconds: 20", "terminationGracePeriodSeconds: 5", "terminationGracePeriodSeconds"),
        (Cron, "concurrencyPolicy: Forbid", "concurrencyPolicy: Replace", "concurrencyPolicy Forbid"),
        (Cron, "values: [64, 69, 76, 78]", "values: [64, 77]", "exit code 77 does not exist"),
        (Cron, "containerName: backup-metrics", "containerName: backup-metric", "there is no container backup-metric"),
        (Folder + "drill-cronjob.yaml", "--work-dir, /work", "--workdir, /work", "drill has no flag --workdir"),
        (Folder + "drill-cronjob.yaml", "--work-dir, /work", "--work-dir, /scratch", "nothing is mounted at /scratch"),
        (
            Folder + "drill-cronjob.yaml",
            "  pgbackrest.conf: |",
            "  pgbackrest.ini: |",
            "nothing is mounted at /etc/backup-metrics/pgbackrest.conf"
        ),
        (Folder + "drill-cronjob.yaml", "activeDeadlineSeconds: 15300", "activeDeadlineSeconds: 3600", "too short for 1 tries of 14400 s"),
        (
            Folder + "drill-cronjob.yaml",
            "startingDeadlineSeconds: 3600",
            "startingDeadlineSeconds: 90000",
            "startingDeadlineSeconds must be"
        ),
        (Folder + "indexed-job.yaml", "--shards, \"4\"", "--shards, \"5\"", "completions 5"),
        (Folder + "networkpolicy.yaml", "port: 9091", "port: 9090", "no such port"),
        (Folder + "networkpolicy.yaml", "port: 9351", "port: 9352", "ingress to port 9352"),
        (Folder + "networkpolicy.yaml", "component: schedule", "component: scheduler", "it selects no pod"),
        (Folder + "podmonitor.yaml", "port: http", "port: web", "no pod that it selects has a port web"),
        (Folder + "pushgateway.yaml", "prometheus_port: \"9091\"", "prometheus_port: \"9351\"", "no port 9351"),
        (Folder + "pushgateway.yaml", "targetPort: http", "targetPort: web", "has a port web"),
        (Folder + "pushgateway.yaml", "claimName: pushgateway", "claimName: data", "there is no PersistentVolumeClaim data"),
        (Folder + "pushgateway.yaml", "/-/ready, port: http", "/-/ready, port: web", "readinessProbe: there is no port web"),
        (
            Folder + "schedule.yaml",
            "    matchLabels: {app.kubernetes.io/name: backup-metrics",
            "    matchLabels: {app.kubernetes.io/name: backups",
            "does not match its own pods"
        ),
        (Folder + "schedule.yaml", "--no-push]", "--no-pushing]", "schedule has no flag --no-pushing"),
        (
            Folder + "servicemonitor.yaml",
            "matchLabels: {app.kubernetes.io/name: pushgateway}",
            "matchLabels: {app.kubernetes.io/name: gateway}",
            "no Service that it selects"
        ),
    ];

    static readonly Lazy<Task<IReadOnlyList<Manifest>>> Good = new(KubernetesManifests.ReadAsync);

    static readonly Lazy<Task<IReadOnlyList<Manifest>>> Bad = new(() =>
        KubernetesManifests.ReadAsync(KubernetesManifests.AllChanged(Mistakes))
    );

    static readonly Lazy<Task<Dictionary<string, string>>> HelpTexts = new(ReadHelpAsync);

    internal static Task<Dictionary<string, string>> HelpAsync() => HelpTexts.Value;

    public static TheoryData<int> Numbers => [.. Enumerable.Range(0, Mistakes.Length)];

    [Fact]
    public async Task All_that_refers_to_something_finds_it() =>
        Assert.Empty(KubernetesRules.Problems(await Good.Value, await HelpAsync()));

    [Theory]
    [MemberData(nameof(Numbers))]
    public async Task A_mistake_is_found(int number)
    {
        var (file, _, _, says) = Mistakes[number];
        var bad = (await Bad.Value)
            .Where(manifest => manifest.File == KubernetesManifests.Numbered(number, file))
            .Select(manifest => manifest with { File = file });
        var good = (await Good.Value).ToLookup(manifest => manifest.File);

        var problems = KubernetesRules.Problems(
            [.. KubernetesManifests.Texts.Keys.SelectMany(name => name == file ? bad : good[name])],
            await HelpAsync()
        );

        Assert.Contains(
            problems,
            problem => problem.StartsWith(file + ": ", StringComparison.Ordinal) && problem.Contains(says, StringComparison.Ordinal)
        );
    }

    /// <summary>
    /// kubectl reads YAML 1.1, npm's reader 1.2. In the files there is nothing that is not the same to both: a number with a leading zero,
    /// yes, no, on, off.
    /// </summary>
    [Fact]
    public void Nothing_means_one_thing_to_one_reader_and_another_to_another()
    {
        foreach (var (file, text) in KubernetesManifests.Texts)
            Assert.True(OldYaml().Match(text) is { Success: false }, $"{file}: {OldYaml().Match(text)}");
    }

    [Theory]
    [InlineData(".", "k8s-cronjob.yaml deploy/kubernetes/pushgateway.yaml deploy/kubernetes/networkpolicy.yaml")]
    [InlineData("deploy/kubernetes", "servicemonitor.yaml prometheusrule.yaml")]
    public async Task A_kustomization_names_files_that_are_there_and_only_one_has_the_operators_kinds(string folder, string resources)
    {
        var text = await File.ReadAllTextAsync(Path.Combine(Repository.Root, folder, "kustomization.yaml"));
        var document = Assert
            .Single(await KubernetesManifests.ReadAsync(new Dictionary<string, string> { ["kustomization.yaml"] = text }))
            .Document;

        Assert.Equal(("kustomize.config.k8s.io/v1beta1", "Kustomization"), ((string?)document["apiVersion"], (string?)document["kind"]));
        Assert.Equal(resources.Split(' '), document["resources"]!.AsArray().Select(resource => (string?)resource));
        Assert.Empty(document.AsObject().Select(pair => pair.Key).Except(["apiVersion", "kind", "resources", "images"]));
        foreach (var resource in resources.Split(' '))
        {
            var of = KubernetesManifests.Texts[
                Path.GetRelativePath(Repository.Root, Path.GetFullPath(Path.Combine(Repository.Root, folder, resource)))
            ];
            Assert.Equal(folder != ".", of.Contains("apiVersion: monitoring.coreos.com/", StringComparison.Ordinal));
        }

        foreach (var image in document["images"]?.AsArray() ?? [])
            Assert.Contains($"image: {image!["name"]}:{image["newTag"]}", KubernetesManifests.Texts[Cron], StringComparison.Ordinal);
    }

    static async Task<Dictionary<string, string>> ReadHelpAsync() =>
        new()
        {
            ["run"] = (await BackupMetrics.RunAsync("run", "--help")).Output,
            ["drill"] = (await BackupMetrics.RunAsync("drill", "--help")).Output,
            ["schedule"] = (await BackupMetrics.RunAsync("schedule", "--help")).Output,
        };

    [GeneratedRegex(@"(?:[:,-] |\[)(?:0\d+|yes|no|on|off|y|n)(?=\s*$|[,\]}]|\s+#)", RegexOptions.IgnoreCase | RegexOptions.Multiline)]
    private static partial Regex OldYaml();
}
