using System.Text.RegularExpressions;

namespace BackupMetricsJob.Tests.Deploy;

// The files that a pod sees.
internal sealed partial class KubernetesRules
{
    /// <summary>Each file that a ConfigMap or a Secret becomes in the first container, with its text.</summary>
    public static Dictionary<string, string> Mounted(Manifest manifest, IReadOnlyList<Manifest> all)
    {
        var files = new Dictionary<string, string>(StringComparer.Ordinal);
        var spec = manifest.PodTemplate!["spec"]!;
        foreach (var mount in Items(spec["containers"]![0]!["volumeMounts"]))
        {
            var volume = Items(spec["volumes"]).FirstOrDefault(volume => (string?)volume["name"] == (string?)mount["name"]);
            var texts =
                volume?["configMap"]?["name"] is { } map
                    ? all.FirstOrDefault(other => other.Kind == "ConfigMap" && other.Name == (string?)map)?.Document["data"]
                : volume?["secret"]?["secretName"] is { } secret
                    ? all.FirstOrDefault(other => other.Kind == "Secret" && other.Name == (string?)secret)?.Document["stringData"]
                : null;
            foreach (var (key, text) in texts?.AsObject() ?? [])
                files[$"{mount["mountPath"]}/{key}"] = (string)text!;
        }

        return files;
    }

    /// <summary>The text of the file that <c>--config</c> names.</summary>
    public string Configuration(Manifest manifest)
    {
        var arguments = Items(manifest.PodTemplate!["spec"]!["containers"]![0]!["args"]).Select(argument => (string)argument!).ToList();
        return arguments.IndexOf("--config") is >= 0 and var at && Mounted(manifest).TryGetValue(arguments[at + 1], out var text)
            ? text
            : "";
    }

    Dictionary<string, string> Mounted(Manifest manifest) => Mounted(manifest, _all);

    static IEnumerable<string> FilesNamedIn(string configuration) =>
        FileSetting().Matches(configuration).Select(match => match.Groups[1].Value);

    [GeneratedRegex(@"(?:_file|tool_config): (/[^\s,}]+)")]
    private static partial Regex FileSetting();
}
