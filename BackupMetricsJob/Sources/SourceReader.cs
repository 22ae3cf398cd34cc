using System.Data;
using BackupMetricsJob.Backups;
using BackupMetricsJob.Postgres;
using BackupMetricsJob.Sources.Catalog;
using BackupMetricsJob.Sources.PgMonitor;
using BackupMetricsJob.Sources.PgWatch;
using BackupMetricsJob.Sources.Query;
using BackupMetricsJob.Sources.Server;
using Npgsql;

namespace BackupMetricsJob.Sources;

/// <summary>
/// Reads the sources of a target one after the other, over its one connection. A failed source does not affect the others.
/// </summary>
internal sealed class SourceReader(
    NpgsqlConnection connection,
    ServerCapabilities capabilities,
    Instance instance,
    SourceSettings settings,
    PartialProbeResult partial
)
{
    readonly SourceTransaction _transaction = new(connection, instance.Sources.Count);

    /// <summary>Whether any source has to be looked up in the database first.</summary>
    public static bool NeedsOtherTools(Instance instance) =>
        instance.Sources.Contains(SourceName.PgMonitor) || instance.Sources.Contains(SourceName.PgWatch);

    /// <exception cref="Exception">The connection is lost.</exception>
    public async Task ReadAsync(SourceClock clock, CancellationToken cancellationToken)
    {
        foreach (var source in instance.Sources)
        {
            if (source != SourceName.Server)
                partial.Step = $"reading the source {source}";
            var found = new List<InstanceFacts>();
            try
            {
                partial.AddSource(source, found, await ReadAsync(source, clock, found, cancellationToken));
            }
            catch (Exception e) when (connection.State == ConnectionState.Open)
            {
                _transaction.MustRollBack = true;
                partial.AddSource(
                    source,
                    found,
                    WithAdvice(source, ProbeFailures.From(e) ?? ProbeFailures.Unexpected(e, FailureReason.BadData))
                );
            }
        }
    }

    async Task<ProbeFailure?> ReadAsync(string source, SourceClock clock, List<InstanceFacts> found, CancellationToken cancellationToken)
    {
        switch (source)
        {
            case SourceName.Server:
                return await new ServerSource(_transaction, capabilities, settings.Omissions, partial).ReadAsync(cancellationToken);
            case SourceName.Catalog:
                var refused = await CatalogSource.ReadAsync(_transaction, clock, settings.Servers, instance, found, cancellationToken);
                return refused ?? (found.Count > 0 || settings.Servers.AreNames ? null : NobodyFound());
            case SourceName.PgMonitor:
                return await PgMonitorSource.ReadAsync(_transaction, capabilities, clock, instance.Name, found, cancellationToken);
            case SourceName.PgWatch:
                return await PgWatchSource.ReadAsync(_transaction, capabilities, clock, instance.Name, found, cancellationToken);
            case SourceName.Query when settings.Query is { } text:
                (var failure, partial.QueryIsAboutOthers) = await QuerySource.ReadAsync(
                    _transaction,
                    clock,
                    text,
                    instance.Name,
                    found,
                    cancellationToken
                );
                return failure;
            default:
                throw new InvalidOperationException($"The source {source} is not known, or has nothing to ask.");
        }
    }

    // Watching nothing would look the same as a catalogue in which all is well.
    ProbeFailure NobodyFound() =>
        new(FailureReason.BadData, $"source catalog: it has no server that is like {string.Join(", ", settings.Servers.Patterns)}")
        {
            Advice = "Fill it with backup-metrics import or record, or correct --server.",
        };

    ProbeFailure WithAdvice(string source, ProbeFailure failure) =>
        source switch
        {
            SourceName.Server => failure,
            SourceName.Catalog => failure with
            {
                Message = "source catalog: " + failure.Message,
                Advice = ToDoAboutCatalog(failure) ?? failure.Advice,
            },
            SourceName.Query => failure with
            {
                Message = "source query: " + failure.Message,
                Advice = failure.Advice ?? "Fix the query that --query names: it must be one SELECT that only reads.",
            },
            _ => failure with
            {
                Message = $"source {source}: {failure.Message}",
                Advice =
                    failure.Reason == FailureReason.Privilege ? $"Grant role {capabilities.Role} what the message names." : failure.Advice,
            },
        };

    string? ToDoAboutCatalog(ProbeFailure failure) =>
        failure.Reason switch
        {
            FailureReason.Privilege =>
                $"GRANT USAGE ON SCHEMA backup_metrics TO {capabilities.Role}; GRANT SELECT ON ALL TABLES IN SCHEMA backup_metrics "
                    + $"TO {capabilities.Role};",
            FailureReason.Sql => "Is this the catalogue's database? Run backup-metrics catalog init on it.",
            _ => null,
        };
}
