using System.Text.RegularExpressions;

namespace BackupMetricsJob.Tests.Deploy;

/// <summary>
/// The manifests are what the published types of Kubernetes and of the Prometheus operator allow, and what is misspelt or mistyped is
/// found.
/// </summary>
public sealed class KubernetesTypesTests
{
    const string Cron = "k8s-cronjob.yaml";
    const string Folder = "deploy/kubernetes/";

    // One mistake each, and what must be said of it.
    static readonly (string File, string From, string To, string Says)[] Mistakes =
    [
        (Cron, "concurrencyPolicy:", "concurencyPolicy:", "concurencyPolicy"),
        (Cron, "readOnlyRootFilesystem:", "readonlyRootFilesystem:", "readonlyRootFilesystem"),
        (Cron, "podFailurePolicy:", "podFailurPolicy:", "podFailurPolicy"),
        (Cron, "backoffLimit: 1", "backoffLimit: one", "must be integer"),
        (Cron, "serviceAccountName: backup-metrics", "serviceAccountName: 1", "must be string"),
        (Cron, "  schedule: \"*/5 * * * *\"\n", "", "schedule"),
        (Cron, "stringData:", "stringdata:", "stringdata"),
        (Cron, "capabilities: {drop: [ALL]}", "capabilities: {drop: ALL}", "drop"),
        (Cron, "runAsUser: 1654", "runAsUser: \"1654\"", "runAsUser"),
        (Cron, "onExitCodes:", "onExitCode:", "onExitCode"),
        (Folder + "indexed-job.yaml", "backoffLimitPerIndex:", "backofLimitPerIndex:", "backofLimitPerIndex"),
        (Folder + "networkpolicy.yaml", "policyTypes:", "policyType:", "policyType"),
        (Folder + "podmonitor.yaml", "podMetricsEndpoints:", "endpoints:", "endpoints"),
        (Folder + "prometheusrule.yaml", "    - alert: LastBackup", "    - alrt: LastBackup", "alrt"),
        (Folder + "pushgateway.yaml", "containerPort: 9091", "containerPort: http", "containerPort"),
        (Folder + "pushgateway.yaml", "kind: Deployment", "kind: Deploiment", "no kind Deploiment"),
        (Folder + "schedule.yaml", "livenessProbe:", "livelinessProbe:", "livelinessProbe"),
        (Folder + "servicemonitor.yaml", "honorLabels: true", "honourLabels: true", "honourLabels"),
        (Folder + "servicemonitor.yaml", "targetLabel: job", "target_label: job", "target_label"),
    ];

    static readonly Lazy<Task<IReadOnlyList<string>>> Found = new(() =>
        KubernetesManifests.ComplaintsAsync(KubernetesManifests.AllChanged(Mistakes))
    );

    public static TheoryData<int> Numbers => [.. Enumerable.Range(0, Mistakes.Length)];

    [Fact]
    public async Task The_types_and_schemas_have_no_complaint()
    {
        Assert.Equal(11, KubernetesManifests.Texts.Count);

        Assert.Empty(await KubernetesManifests.ComplaintsAsync(KubernetesManifests.Texts));
    }

    [Fact]
    public async Task What_is_commented_out_for_a_gateway_outside_may_be_used_as_it_is()
    {
        const string Policies = Folder + "networkpolicy.yaml";
        var used = Regex.Replace(KubernetesManifests.Texts[Policies], "^( +)# (- |  )", "$1$2", RegexOptions.Multiline);
        Assert.Equal(3, used.Split("\n  - to:\n    - ipBlock").Length);

        Assert.Empty(await KubernetesManifests.ComplaintsAsync(new Dictionary<string, string> { [Policies] = used }));
    }

    [Theory]
    [MemberData(nameof(Numbers))]
    public async Task A_mistake_is_found(int number)
    {
        var (file, _, _, says) = Mistakes[number];
        var name = KubernetesManifests.Numbered(number, file) + ": ";

        Assert.Contains(
            await Found.Value,
            line => line.StartsWith(name, StringComparison.Ordinal) && line.Contains(says, StringComparison.Ordinal)
        );
    }
}
