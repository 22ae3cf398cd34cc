using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using BackupMetricsJob.Configuration;
using BackupMetricsJob.Reporting;

namespace BackupMetricsJob.Tests.Deploy;

/// <summary>
/// What no type and no schema knows: whether names that refer to something find it, whether times fit together, whether our own flags
/// exist. A line each problem.
/// </summary>
internal sealed partial class KubernetesRules
{
    readonly IReadOnlyList<Manifest> _all;
    readonly IReadOnlyDictionary<string, string> _help;
    readonly List<string> _problems = [];

    KubernetesRules(IReadOnlyList<Manifest> all, IReadOnlyDictionary<string, string> help) => (_all, _help) = (all, help);

    /// <param name="all">Documents that are applied together.</param>
    /// <param name="help">The help of each command of ours, by its name.</param>
    public static IReadOnlyList<string> Problems(IReadOnlyList<Manifest> all, IReadOnlyDictionary<string, string> help)
    {
        var rules = new KubernetesRules(all, help);
        foreach (var manifest in all)
        {
            rules.Name(manifest);
            if (manifest.PodTemplate is { } template)
                rules.Pod(manifest, template);
            if (manifest is { IsOurs: true })
                rules.Command(manifest);
            if (manifest.Kind == "CronJob")
                rules.Times(manifest);
            rules.Selectors(manifest);
        }

        return rules._problems;
    }

    void Say(Manifest manifest, string problem) => _problems.Add($"{manifest}: {problem}");

    void Name(Manifest manifest)
    {
        // A Job's name has 11 characters more than its CronJob's, and at most 63.
        var longest = manifest.Kind == "CronJob" ? 52 : 63;
        if (!Regex.IsMatch(manifest.Name, "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$") || manifest.Name.Length > longest)
            Say(manifest, $"its name must be a DNS label of at most {longest} characters");
        if (manifest.Document["metadata"]!["namespace"] is not null)
            Say(manifest, "a namespace is for -n to say");
        if (_all.Count(other => other.Kind == manifest.Kind && other.Name == manifest.Name) > 1)
            Say(manifest, "there are two of this name");
    }

    void Pod(Manifest manifest, JsonNode template)
    {
        var spec = template["spec"]!;
        if (spec["serviceAccountName"] is { } account && Find("ServiceAccount", (string)account!) is null)
            Say(manifest, $"there is no ServiceAccount {account}");
        if (manifest.IsOurs && spec["serviceAccountName"] is null)
            Say(manifest, "it has no ServiceAccount of its own");
        if ((bool?)spec["automountServiceAccountToken"] != false)
            Say(manifest, "automountServiceAccountToken must be false");
        if ((bool?)spec["enableServiceLinks"] != false)
            Say(manifest, "enableServiceLinks must be false");
        var pod = spec["securityContext"];
        if (
            (bool?)pod?["runAsNonRoot"] != true
            || (int?)pod["runAsUser"] is null or 0
            || (string?)pod["seccompProfile"]?["type"] != "RuntimeDefault"
        )
            Say(manifest, "its pod must be non-root, with seccomp");

        var volumes = Items(spec["volumes"]).ToList();
        foreach (var volume in volumes)
            Volume(manifest, volume);
        foreach (var container in Items(spec["containers"]))
        {
            var security = container["securityContext"];
            if (
                (bool?)security?["allowPrivilegeEscalation"] != false
                || (bool?)security["readOnlyRootFilesystem"] != true
                || (string?)security["capabilities"]?["drop"]?[0] != "ALL"
            )
                Say(manifest, "its container must be without escalation, capabilities and a writable root");
            if (container["resources"]?["limits"]?["memory"] is null || container["resources"]?["requests"]?["memory"] is null)
                Say(manifest, "it needs a request and a limit of memory");
            var mounted = Items(container["volumeMounts"]).Select(mount => (string)mount["name"]!).ToList();
            foreach (var name in mounted.Except(volumes.Select(volume => (string)volume["name"]!)))
                Say(manifest, $"there is no volume {name}");
            foreach (var name in volumes.Select(volume => (string)volume["name"]!).Except(mounted))
                Say(manifest, $"volume {name} is mounted nowhere");
            foreach (var probe in new[] { "livenessProbe", "readinessProbe" })
            {
                if (container[probe]?["httpGet"]?["port"] is { } port && !Ports(template).Contains((string)port!))
                    Say(manifest, $"{probe}: there is no port {port}");
            }
        }
    }

    void Volume(Manifest manifest, JsonNode volume)
    {
        foreach (
            var (key, name, kind) in new[]
            {
                ("configMap", "name", "ConfigMap"),
                ("secret", "secretName", "Secret"),
                ("persistentVolumeClaim", "claimName", "PersistentVolumeClaim"),
            }
        )
        {
            if (volume[key]?[name] is { } referred && Find(kind, (string)referred!) is null)
                Say(manifest, $"there is no {kind} {referred}");
        }
    }

    /// <summary>Flags, variables, files and secrets of our own command.</summary>
    void Command(Manifest manifest)
    {
        var container = manifest.PodTemplate!["spec"]!["containers"]![0]!;
        var arguments = Items(container["args"]).Select(argument => (string)argument!).ToList();
        if (arguments is not [var command, ..] || !_help.TryGetValue(command, out var help))
        {
            Say(manifest, "its first argument must be a command of ours");
            return;
        }

        foreach (var flag in arguments.Where(argument => argument.StartsWith("--", StringComparison.Ordinal)))
        {
            if (!Regex.IsMatch(help, $@"^\s+{Regex.Escape(flag)}\s", RegexOptions.Multiline))
                Say(manifest, $"{command} has no flag {flag}");
        }

        foreach (
            var name in Items(container["env"])
                .Select(variable => (string)variable["name"]!)
                .Where(name => name.StartsWith("BACKUP_METRICS_", StringComparison.Ordinal))
        )
        {
            var flag = "--" + name["BACKUP_METRICS_".Length..].ToLowerInvariant().Replace('_', '-');
            if (!Regex.IsMatch(help, $@"^\s+{flag}\s", RegexOptions.Multiline))
                Say(manifest, $"{command} has no variable {name}");
        }

        // JOB_COMPLETION_INDEX is 0 to completions - 1.
        var job = manifest.Spec!["jobTemplate"]?["spec"];
        var shards = arguments.IndexOf("--shards") is >= 0 and var at ? arguments[at + 1] : null;
        if (shards is not null && ((string?)job?["completionMode"] != "Indexed" || $"{job["completions"]}" != shards))
            Say(manifest, $"--shards {shards} needs completionMode Indexed with completions {shards}");

        var mounted = Mounted(manifest);
        var named = arguments.Where(argument => argument.StartsWith('/')).Concat(FilesNamedIn(Configuration(manifest)));
        foreach (var file in named.Where(file => !mounted.ContainsKey(file) && !IsVolume(container, file)))
            Say(manifest, $"nothing is mounted at {file}");
    }

    /// <summary>Whether it is a directory that may be written to.</summary>
    static bool IsVolume(JsonNode container, string path) =>
        Items(container["volumeMounts"]).Any(mount => (string?)mount["mountPath"] == path && (bool?)mount["readOnly"] != true);

    /// <summary>A slot's job has ended when the next slot comes, and nothing is cut that may still do good.</summary>
    void Times(Manifest manifest)
    {
        var spec = manifest.Spec!;
        var job = spec["jobTemplate"]!["spec"]!;
        var configuration = Configuration(manifest);
        var isDrill = Argument(manifest, 0) == "drill";
        var deadline = isDrill
            ? Seconds(Argument(manifest, 1 + Arguments(manifest).IndexOf("--timeout")))
            : Setting(configuration, "deadline");
        var grace = (int)job["template"]!["spec"]!["terminationGracePeriodSeconds"]!;
        var active = (int)job["activeDeadlineSeconds"]!;
        var tries = 1 + ((int?)job["backoffLimit"] ?? (int?)job["backoffLimitPerIndex"] ?? 6);
        var slot =
            EveryMinutes().Match((string)spec["schedule"]!) is { Success: true } every
                ? 60 * int.Parse(every.Groups[1].Value, CultureInfo.InvariantCulture)
            : Daily().IsMatch((string)spec["schedule"]!) ? 86_400
            : 0;

        if (spec["timeZone"] is null || (string?)spec["concurrencyPolicy"] != "Forbid")
            Say(manifest, "it needs a timeZone, and concurrencyPolicy Forbid");
        if (!isDrill && Setting(configuration, "interval") != slot)
            Say(manifest, $"interval must be that of schedule, {slot} s");
        if ((int?)spec["startingDeadlineSeconds"] is not { } starting || starting < 10 || starting >= slot)
            Say(manifest, "startingDeadlineSeconds must be at least 10, and less than a slot");
        if (active < tries * deadline + (tries - 1) * 10)
            Say(manifest, $"activeDeadlineSeconds is too short for {tries} tries of {deadline} s");
        if (active + grace >= slot)
            Say(manifest, $"activeDeadlineSeconds and the grace period must end before the next slot, {slot} s");
        if (grace < 12)
            Say(manifest, "terminationGracePeriodSeconds must be more than the 10 s of a last push");

        foreach (var rule in Items(job["podFailurePolicy"]?["rules"]))
        {
            if (rule["onExitCodes"] is not { } codes)
                continue;
            if (
                Items(job["template"]!["spec"]!["containers"])
                    .All(container => (string?)container["name"] != (string?)codes["containerName"])
            )
                Say(manifest, $"there is no container {codes["containerName"]}");
            foreach (var code in Items(codes["values"]).Where(code => !Enum.IsDefined((ExitCode)(int)code!)))
                Say(manifest, $"exit code {code} does not exist");
        }
    }

    Manifest? Find(string kind, string name) => _all.FirstOrDefault(other => other.Kind == kind && other.Name == name);

    static bool Matches(JsonNode? selector, JsonNode? of) =>
        selector is not null && selector.AsObject().All(label => (string?)of?["metadata"]?["labels"]?[label.Key] == (string?)label.Value);

    /// <summary>The names and the numbers.</summary>
    static List<string> Ports(JsonNode template) =>
        [
            .. Items(template["spec"]!["containers"])
                .SelectMany(container => Items(container["ports"]))
                .SelectMany(port => new[] { $"{port["name"]}", $"{port["containerPort"]}" }),
        ];

    static IEnumerable<JsonNode> Items(JsonNode? list) => list is JsonArray array ? array.Select(item => item!) : [];

    static List<string> Arguments(Manifest manifest) =>
        [.. Items(manifest.PodTemplate!["spec"]!["containers"]![0]!["args"]).Select(argument => (string)argument!)];

    static string Argument(Manifest manifest, int index) => Arguments(manifest).ElementAtOrDefault(index) ?? "";

    static int Setting(string configuration, string key) =>
        Seconds(Regex.Match(configuration, $@"^{key}: (\S+)", RegexOptions.Multiline).Groups[1].Value);

    static int Seconds(string duration) => DurationParser.TryParse(duration, out var parsed) ? (int)parsed.TotalSeconds : 0;

    [GeneratedRegex(@"^\d+ \d+ \* \* \*$")]
    private static partial Regex Daily();

    [GeneratedRegex(@"^\*/(\d+) \* \* \* \*$")]
    private static partial Regex EveryMinutes();
}
