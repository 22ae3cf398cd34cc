using System.Globalization;
using System.Text.Json.Nodes;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Deploy;

/// <summary>One document of a file.</summary>
internal sealed record Manifest(string File, JsonNode Document)
{
    public string Kind => Text("kind");

    public string Name => (string)Document["metadata"]!["name"]!;

    public JsonNode? Spec => Document["spec"];

    /// <summary>Where pods are described in it: the template of a Deployment or CronJob; null where there is none.</summary>
    public JsonNode? PodTemplate =>
        Kind switch
        {
            "CronJob" => Spec!["jobTemplate"]!["spec"]!["template"],
            "Deployment" => Spec!["template"],
            _ => null,
        };

    /// <summary>Whether its pods run a command of ours.</summary>
    public bool IsOurs =>
        PodTemplate is { } template
        && ((string)template["spec"]!["containers"]![0]!["image"]!).Contains("/backup-metrics", StringComparison.Ordinal);

    public override string ToString() => $"{File}: {Kind} {Name}";

    string Text(string key) => (string?)Document[key] ?? "";
}

/// <summary>
/// The files for Kubernetes as texts, and read by the YAML reader of npm (1.2, unlike kubectl's: a file must mean the same to both).
/// </summary>
internal static class KubernetesManifests
{
    static readonly string Script = Path.Combine(Repository.Tests, "Deploy", "manifests.mjs");

    /// <summary>By their path below the repository; kustomizations, which are no objects, are not among them.</summary>
    public static IReadOnlyDictionary<string, string> Texts { get; } =
        new[] { "k8s-cronjob.yaml" }
            .Concat(
                Directory
                    .GetFiles(Path.Combine(Repository.Root, "deploy", "kubernetes"), "*.yaml")
                    .Select(path => Path.GetRelativePath(Repository.Root, path))
            )
            .Where(path => Path.GetFileName(path) != "kustomization.yaml")
            .Order(StringComparer.Ordinal)
            .ToDictionary(path => path, path => File.ReadAllText(Path.Combine(Repository.Root, path)), StringComparer.Ordinal);

    public static Task<IReadOnlyList<Manifest>> ReadAsync() => ReadAsync(Texts);

    public static async Task<IReadOnlyList<Manifest>> ReadAsync(IReadOnlyDictionary<string, string> texts)
    {
        var read = JsonNode.Parse(await NodeAsync("documents", texts))!.AsObject();
        return [.. read.SelectMany(file => file.Value!.AsArray().Select(document => new Manifest(file.Key, document!)))];
    }

    /// <summary>A line for each thing that the published types and schemas have against a document.</summary>
    public static async Task<IReadOnlyList<string>> ComplaintsAsync(IReadOnlyDictionary<string, string> texts) =>
        (await NodeAsync("check", texts)).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The files with one text in one of them replaced, which must be there once at least.</summary>
    public static Dictionary<string, string> Changed(string file, string from, string to)
    {
        var texts = new Dictionary<string, string>(Texts, StringComparer.Ordinal);
        Assert.Contains(from, texts[file], StringComparison.Ordinal);
        texts[file] = texts[file].Replace(from, to, StringComparison.Ordinal);
        return texts;
    }

    /// <summary>Changed files under names that begin with their number: all of them cost one start of node.</summary>
    public static Dictionary<string, string> AllChanged(IEnumerable<(string File, string From, string To, string Says)> mistakes) =>
        mistakes
            .Select(
                (mistake, number) =>
                    (Name: Numbered(number, mistake.File), Text: Changed(mistake.File, mistake.From, mistake.To)[mistake.File])
            )
            .ToDictionary(changed => changed.Name, changed => changed.Text, StringComparer.Ordinal);

    public static string Numbered(int number, string file) => string.Create(CultureInfo.InvariantCulture, $"{number} in {file}");

    static Task<string> NodeAsync(string what, IReadOnlyDictionary<string, string> texts)
    {
        var input = new JsonObject(texts.Select(text => KeyValuePair.Create(text.Key, (JsonNode?)text.Value)));
        return ChildProcess.RunSuccessfullyAsync(
            Tool.Find("node", "apt-get install nodejs"),
            [Script, what],
            new() { Input = input.ToJsonString() },
            TimeSpan.FromMinutes(5)
        );
    }
}
