using BackupMetricsJob.Targets;

namespace BackupMetricsJob.Configuration;

/// <summary>
/// The instance of a target that was given no name: HOST:PORT as Prometheus names instances, several hosts joined by commas. A server on
/// this machine has this machine's name, so that two hosts with a job each are told apart.
/// </summary>
internal static class InstanceNames
{
    public static string Of(ConnectionSettings connection, string machine)
    {
        var names = new string[connection.Hosts.Count];
        for (var i = 0; i < names.Length; i++)
        {
            var host = connection.Hosts[i];
            var name = host.IsLocal ? machine : host.Name.Length > 0 ? host.Name : host.Address!;
            names[i] = name.Contains(':', StringComparison.Ordinal) ? $"[{name}]:{host.Port}" : $"{name}:{host.Port}";
        }

        return string.Join(',', names);
    }
}
