using System.Text.Json;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Deploy;

/// <summary>docker-compose.pushgateway.yml, or a damaged copy of its text, and what of it a container would see.</summary>
internal sealed class Composition
{
    public static readonly string Path = System.IO.Path.Combine(Repository.Root, "docker-compose.pushgateway.yml");

    readonly JsonElement _root;

    Composition(JsonElement root) => _root = root;

    public IReadOnlyDictionary<string, JsonElement> Services => Map(_root, "services");

    public IReadOnlyDictionary<string, string> Secrets =>
        Map(_root, "secrets").ToDictionary(secret => secret.Key, secret => Absolute(secret.Value.GetProperty("file").GetString()!));

    public IEnumerable<string> Volumes => Map(_root, "volumes").Keys;

    public static async Task<Composition> ReadAsync(string? text = null) =>
        new(await YamlText.ReadAsync(text ?? await File.ReadAllTextAsync(Path)));

    /// <summary>What docker-compose itself says; 0 if it has no complaint. It asks no engine.</summary>
    public static Task<ProcessResult> CheckAsync(string file) =>
        ChildProcess.RunAsync(Tool.Find("docker-compose", "apt-get install docker-compose"), ["-f", file, "config", "-q"]);

    public IReadOnlyList<string> Command(string service) => Texts(Services[service], "command");

    public IReadOnlyDictionary<string, string> Environment(string service) =>
        Map(Services[service], "environment").ToDictionary(variable => variable.Key, variable => variable.Value.GetString()!);

    /// <summary>What is mounted from this repository: the place in the container, and the file or folder.</summary>
    public IReadOnlyDictionary<string, string> Mounts(string service) =>
        Volume(service).Where(parts => parts[0].StartsWith('.')).ToDictionary(parts => parts[1], parts => Absolute(parts[0]));

    /// <summary>The named volumes: the place in the container, and the name.</summary>
    public IReadOnlyDictionary<string, string> NamedVolumes(string service) =>
        Volume(service).Where(parts => !parts[0].StartsWith('.')).ToDictionary(parts => parts[1], parts => parts[0]);

    public static IReadOnlyList<string> Texts(JsonElement map, string key) =>
        map.TryGetProperty(key, out var list) ? [.. list.EnumerateArray().Select(item => item.GetString()!)] : [];

    static Dictionary<string, JsonElement> Map(JsonElement map, string key) =>
        map.TryGetProperty(key, out var inner) ? inner.EnumerateObject().ToDictionary(item => item.Name, item => item.Value) : [];

    static string Absolute(string path) => System.IO.Path.GetFullPath(System.IO.Path.Combine(Repository.Root, path));

    IEnumerable<string[]> Volume(string service) => Texts(Services[service], "volumes").Select(volume => volume.Split(':'));
}
