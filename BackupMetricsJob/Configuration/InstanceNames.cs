using BackupMetricsJob.Postgres;

namespace BackupMetricsJob.Configuration;

/// <summary>
/// The instance of a target without a name: HOST:PORT, as Prometheus names instances, with commas between several hosts. A server on this
/// machine gets the machine's name, so that jobs on two machines do not use the same instance.
/// </summary>
internal static class InstanceNames
{
    const int ContainerIdLength = 12;

    /// <summary>Whether the machine name is that of a pod or the ID of a container, which changes with the next run.</summary>
    public static bool IsEphemeral(string machine, IReadOnlyDictionary<string, string> environment) =>
        environment.ContainsKey("KUBERNETES_SERVICE_HOST")
        || (machine.Length == ContainerIdLength && machine.All(char.IsAsciiHexDigitLower));

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
