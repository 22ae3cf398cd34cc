using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.RegularExpressions;
using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Deploy;

/// <summary>
/// What docker-compose does not see: a mount that is not there, an address nobody has, a flag that the program does not know, a port open
/// to all.
/// </summary>
internal static partial class CompositionProblems
{
    static readonly string[] OneShot = ["storage"];

    static readonly ConcurrentDictionary<string, Lazy<Task<string>>> Helps = new(StringComparer.Ordinal);

    public static async Task<IReadOnlyList<string>> FindAsync(Composition composition)
    {
        var problems = new List<string>();
        foreach (var (name, service) in composition.Services)
        {
            Common(composition, name, service, problems);
            if (ComposedProgram.Of(service) is { } program)
                await FlagsAsync(name, program, composition.Command(name), problems);
        }

        // What is not mounted cannot be read.
        if (problems.Any(problem => problem.EndsWith(" is not there", StringComparison.Ordinal)))
            return problems;
        foreach (var (where, host, port) in await AddressesAsync(composition))
        {
            if (!composition.Services.TryGetValue(host, out var service))
                problems.Add($"{where}: there is no service {host}");
            else if (Port(service) != port)
                problems.Add($"{where}: {host} listens on {Port(service)}, not on {port}");
        }

        return problems;
    }

    static void Common(Composition composition, string name, JsonElement service, List<string> problems)
    {
        foreach (var (_, source) in composition.Mounts(name).Where(mount => !Path.Exists(mount.Value)))
            problems.Add($"{name}: {Path.GetRelativePath(Repository.Root, source)} is not there");
        foreach (var (_, volume) in composition.NamedVolumes(name).Where(volume => !composition.Volumes.Contains(volume.Value)))
            problems.Add($"{name}: there is no volume {volume}");
        foreach (var secret in Composition.Texts(service, "secrets").Where(secret => !composition.Secrets.ContainsKey(secret)))
            problems.Add($"{name}: there is no secret {secret}");
        foreach (
            var (variable, value) in composition
                .Environment(name)
                .Where(variable => variable.Value.StartsWith("/run/secrets/", StringComparison.Ordinal))
        )
        {
            if (!Composition.Texts(service, "secrets").Contains(Path.GetFileName(value)))
                problems.Add($"{name}: {variable} names a secret that it is not given");
        }

        foreach (var port in Composition.Texts(service, "ports").Where(port => !port.StartsWith("127.0.0.1:", StringComparison.Ordinal)))
            problems.Add($"{name}: port {port} is open to everybody");
        if (!service.TryGetProperty("build", out _) && !Pinned().IsMatch(service.GetProperty("image").GetString()!))
            problems.Add($"{name}: its image is not pinned");
        if (!service.TryGetProperty("mem_limit", out _))
            problems.Add($"{name}: its memory has no limit");
        if (service.GetProperty("restart").GetString() != (OneShot.Contains(name) ? "no" : "unless-stopped"))
            problems.Add($"{name}: its restart policy");
    }

    static async Task FlagsAsync(string name, string program, IReadOnlyList<string> flags, List<string> problems)
    {
        var help = await Helps.GetOrAdd(program, _ => new(() => HelpAsync(program))).Value;
        foreach (var flag in flags.Select(flag => flag.Split('=')[0]).Where(flag => !Regex.IsMatch(help, $@"{Regex.Escape(flag)}(=|\s)")))
            problems.Add($"{name}: {Path.GetFileName(program)} does not know {flag}");
    }

    static async Task<string> HelpAsync(string program)
    {
        var result = await ChildProcess.RunAsync(program, ["--help"]);
        return result.Output + result.Error;
    }

    static async Task<List<(string Where, string Host, int Port)>> AddressesAsync(Composition composition)
    {
        var found = new List<(string, string, int)>();
        var prometheus = await File.ReadAllTextAsync(Path.Combine(composition.Mounts("prometheus")["/etc/prometheus"], "prometheus.yml"));
        foreach (Match target in Target().Matches(prometheus))
            Add("prometheus.yml", target.Groups[1].Value.Replace("localhost", "prometheus", StringComparison.Ordinal));
        var sources = await YamlText.ReadAsync(
            await File.ReadAllTextAsync(
                Path.Combine(composition.Mounts("grafana")["/etc/grafana/provisioning"], "datasources/prometheus.yaml")
            )
        );
        Add("the data source of Grafana", new Uri(sources.GetProperty("datasources")[0].GetProperty("url").GetString()!).Authority);
        var job = await YamlText.ReadAsync(
            await File.ReadAllTextAsync(Path.Combine(composition.Mounts("job")["/etc/backup-metrics"], "backup-metrics.yaml"))
        );
        Add("the job's gateway", new Uri(job.GetProperty("gateway").GetProperty("url").GetString()!).Authority);
        foreach (var target in job.GetProperty("targets").EnumerateArray())
            Add("the job's targets", target.GetProperty("connection").GetProperty("host").GetString() + ":5432");
        Add("PGHOST", composition.Environment("backup")["PGHOST"] + ":5432");
        return found;

        void Add(string where, string address) =>
            found.Add((where, address.Split(':')[0], int.Parse(address.Split(':')[1], System.Globalization.CultureInfo.InvariantCulture)));
    }

    // What each listens on unless told otherwise; the programs' own help says the same.
    static int Port(JsonElement service) =>
        service.GetProperty("image").GetString()!.Split(':')[0] switch
        {
            "postgres" => 5432,
            "prom/pushgateway" => 9091,
            "prom/prometheus" => 9090,
            "prom/alertmanager" => 9093,
            _ => 0,
        };

    [GeneratedRegex(@"^[a-z/]+:v?\d+\.\d+(\.\d+)?(-\w+)?$")]
    private static partial Regex Pinned();

    [GeneratedRegex(@"targets: \['([^']+)'\]")]
    private static partial Regex Target();
}
