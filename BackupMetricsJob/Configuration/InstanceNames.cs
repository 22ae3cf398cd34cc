using BackupMetricsJob.Postgres;

namespace BackupMetricsJob.Configuration;

/// <summary>
/// The instance of a target that was given no name: HOST:PORT as Prometheus names instances, several hosts joined by commas. A server on
/// this machine has this machine's name, so that two hosts with a job each are told apart.
/// </summary>
internal static class InstanceNames
{
    const int LengthOfContainerId = 12;

    /// <summary>Whether the name of this machine is that of a pod, or the id of a container: the next run has another one.</summary>
    public static bool IsEphemeral(string machine, IReadOnlyDictionary<string, string> environment) =>
        environment.ContainsKey("KUBERNETES_SERVICE_HOST")
        || (machine.Length == LengthOfContainerId && machine.All(char.IsAsciiHexDigitLower));

    public static string For(ConnectionSettings connection, string machine) =>
        string.Join(
            ',',
            connection.Hosts.Select(host =>
            {
                var name =
                    host.IsLocal ? machine
                    : host.Name.Length > 0 ? host.Name
                    : host.Address!;
                return name.Contains(':', StringComparison.Ordinal) ? $"[{name}]:{host.Port}" : $"{name}:{host.Port}";
            })
        );
}
