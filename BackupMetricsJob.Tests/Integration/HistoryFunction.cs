using BackupMetricsJob.Tests.Support;

namespace BackupMetricsJob.Tests.Integration;

/// <summary>The function that a superuser installs so that a job may read the label of the last base backup.</summary>
internal static class HistoryFunction
{
    public static async Task InstallAsync(PostgresServer server) =>
        await server.ExecuteAsync(
            await File.ReadAllTextAsync(Path.Combine(Repository.Root, "deploy", "postgresql", "base_backup_history.sql"))
        );
}
