using System.Text;
using System.Text.Json;
using BackupMetricsJob.Catalog;
using BackupMetricsJob.Configuration;
using BackupMetricsJob.Postgres;

namespace BackupMetricsJob.Drill;

/// <summary>A drill, the destinations of its result, and the targets that are probed beforehand for what should be restorable.</summary>
internal sealed record PlannedDrill(DrillOptions Options, DrillPublication Publication, IReadOnlyList<MonitoredTarget> Asked);

/// <summary>The order in which a nightly slot drills a fleet: targets never tested or tested longest ago come first.</summary>
internal static class Rotation
{
    const string Sql = """
        SELECT server, tool, extract(epoch FROM max(at))::float8 AS tested
        FROM backup_metrics.backup_catalog
        WHERE kind = 'restore_test' AND server IN (SELECT json_array_elements_text($1::text::json))
        GROUP BY server, tool
        """;

    static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    /// <summary>The names as a JSON array, because no array type is loaded.</summary>
    static string Names(IReadOnlyList<PlannedDrill> drills)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartArray();
            foreach (var drill in drills)
                json.WriteStringValue(drill.Options.Server);
            json.WriteEndArray();
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    /// <summary>
    /// Orders the drills by their last test. Tests without a verdict count, too: a target whose drills never finish must not displace the
    /// others.
    /// </summary>
    public static async Task<(IReadOnlyList<PlannedDrill> Order, CatalogFailure? Failure)> OrderAsync(
        IReadOnlyList<PlannedDrill> drills,
        ConnectionSettings catalogue,
        CancellationToken stop
    )
    {
        var tested = new Dictionary<(string Server, string Tool), double>();
        var failure = await CatalogSession.RunOnCatalogueAsync(
            catalogue,
            Timeout,
            async (session, cancellationToken) =>
            {
                session.Step = "reading the last restore tests";
                await using var command = session.Command(Sql, Names(drills));
                await using var row = await command.ExecuteReaderAsync(cancellationToken);
                while (await row.ReadAsync(cancellationToken))
                    tested[(row.Text("server"), row.Text("tool"))] = row.Number("tested");
                return null;
            },
            stop
        );
        return ([.. drills.OrderBy(drill => tested.GetValueOrDefault((drill.Options.Server, drill.Options.Tool.Name())))], failure);
    }
}
