using System.Globalization;
using Npgsql;

namespace BackupMetricsJob.Catalog;

/// <summary>The catalogue version in a database. This program only uses the version it knows.</summary>
internal static class CatalogVersion
{
    /// <summary>The version that this program creates, reads and writes: the number of the newest Sql/catalog_schema_N.sql.</summary>
    public const int Known = 6;

    const string Read = "SELECT coalesce(max(version), 0) FROM backup_metrics.schema_version";

    /// <summary>Null if the version is the known one, otherwise what to do.</summary>
    public static async Task<CatalogFailure?> CheckAsync(CatalogSession session, CancellationToken cancellationToken)
    {
        session.Step = "looking for the catalogue";
        try
        {
            return await ReadAsync(session, cancellationToken) switch
            {
                Known => null,
                > Known and var newer => TooNew(newer),
                var older => CatalogFailure.Database(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"the catalogue is at version {older}, this program needs {Known}: run backup-metrics catalog init"
                    )
                ),
            };
        }
        catch (PostgresException e) when (e.SqlState is "42P01" or "3F000")
        {
            return CatalogFailure.Database(
                "there is no catalogue in this database: run backup-metrics catalog init, as its owner, with the same --connection"
            ) with
            {
                IsNoCatalogue = true,
            };
        }
    }

    public static async Task<int> ReadAsync(CatalogSession session, CancellationToken cancellationToken)
    {
        await using var command = session.Command(Read);
        return (int)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    public static CatalogFailure TooNew(int version) =>
        CatalogFailure.Database(
            string.Create(
                CultureInfo.InvariantCulture,
                $"the catalogue is at version {version}, this program knows {Known} only: use the newer program that made it"
            )
        );
}
