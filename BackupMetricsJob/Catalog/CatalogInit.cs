using System.Globalization;
using BackupMetricsJob.Postgres;

namespace BackupMetricsJob.Catalog;

/// <summary>The result of installing in a database, or why nothing was done.</summary>
/// <param name="Failure">Null on success.</param>
/// <param name="Was">The version found; 0 for no catalogue.</param>
/// <param name="RepairedCounts">How many wrong counts were repaired.</param>
/// <param name="Grants">The GRANT statements for roles that were not named, to be run by a person.</param>
internal sealed record InitResult(CatalogFailure? Failure, int Was = 0, long RepairedCounts = 0, string Grants = "")
{
    /// <summary>The roles that were created.</summary>
    public IReadOnlyList<string> CreatedRoles { get; init; } = [];
}

/// <summary>
/// Creates the catalogue in a database, or upgrades it to the known version, in one transaction with a lock. Repeating it does no harm. Run
/// it as the database's owner, or as a role that may create a schema.
/// </summary>
internal static class CatalogInit
{
    /// <summary>The lock for changes to the schema backup_metrics.</summary>
    const string Lock = "SELECT pg_advisory_xact_lock(hashtextextended('backup_metrics schema', 0))";

    /// <param name="writer">The role that imports and records; null to return its grants.</param>
    /// <param name="reader">The role that the job reads with; null to return its grants.</param>
    /// <param name="migrations">The steps from version 0 on; null for those of this program.</param>
    /// <param name="createRoles">Whether to create the two roles that do not exist yet.</param>
    public static async Task<InitResult> RunAsync(
        ConnectionSettings database,
        string? writer,
        string? reader,
        TimeSpan timeout,
        CancellationToken stop,
        IReadOnlyList<string>? migrations = null,
        bool createRoles = false
    )
    {
        var result = new InitResult(null);
        var failure = await ChangeSchemaAsync(
            database,
            timeout,
            async (session, cancellationToken) =>
            {
                session.Step = "making the catalogue";
                var was = await MigrateAsync(session, migrations ?? Migrations(), cancellationToken);
                if (was.Failure is not null)
                    return was.Failure;
                session.Step = "counting the backups";
                await session.ExecuteAsync("LOCK TABLE backup_metrics.backup_catalog IN SHARE MODE", cancellationToken);
                await using var recount = session.Command(SqlText.Load("catalog_recount"));
                var mended = (long)(await recount.ExecuteScalarAsync(cancellationToken))!;
                var created = await CatalogRoles.CreateAsync(session, createRoles ? [writer, reader] : [], cancellationToken);
                session.Step = "granting";
                var grants = await CatalogGrants.GiveAsync(session, writer, reader, cancellationToken);
                result = new(null, was.Version, mended, grants) { CreatedRoles = created };
                return null;
            },
            stop
        );
        return failure is null ? result : new(await CatalogCreation.WithOwnerAsync(database, failure, timeout, stop));
    }

    /// <summary>Installs the function with which a job reads the label of the last base backup, on a server to be monitored.</summary>
    /// <param name="reader">The job's role; null to return its grants.</param>
    /// <param name="createRoles">Whether to create that role if it does not exist.</param>
    public static async Task<InitResult> InstallHistoryFunctionAsync(
        ConnectionSettings server,
        string? reader,
        TimeSpan timeout,
        CancellationToken stop,
        bool createRoles = false
    )
    {
        IReadOnlyList<string> created = [];
        var grants = "";
        var failure = await ChangeSchemaAsync(
            server,
            timeout,
            async (session, cancellationToken) =>
            {
                session.Step = "installing backup_metrics.base_backup_history()";
                await session.ExecuteAsync(SqlText.Load("base_backup_history"), cancellationToken);
                // The function runs with the privileges of the role that created it. Find out now if these are insufficient.
                session.Step = "trying backup_metrics.base_backup_history(), which needs to be made by a superuser";
                await session.ExecuteAsync("SELECT count(*) FROM backup_metrics.base_backup_history()", cancellationToken);
                created = await CatalogRoles.CreateAsync(session, createRoles ? [reader] : [], cancellationToken);
                session.Step = "granting";
                grants = await CatalogGrants.GiveOnServerAsync(session, reader, cancellationToken);
                return null;
            },
            stop
        );
        return new(failure, Grants: grants) { CreatedRoles = created };
    }

    /// <summary>Changes the schema in one transaction, with a lock.</summary>
    static Task<CatalogFailure?> ChangeSchemaAsync(
        ConnectionSettings database,
        TimeSpan timeout,
        Func<CatalogSession, CancellationToken, Task<CatalogFailure?>> change,
        CancellationToken stop
    ) =>
        CatalogSession.RunAsync(
            database,
            timeout,
            async (session, cancellationToken) =>
            {
                await using var transaction = await session.Connection.BeginTransactionAsync(cancellationToken);
                session.Step = "waiting for another catalog init";
                await session.ExecuteAsync(Lock, cancellationToken);
                if (await change(session, cancellationToken) is { } failure)
                    return failure;
                session.Step = "committing";
                await transaction.CommitAsync(cancellationToken);
                return null;
            },
            stop
        );

    static string[] Migrations()
    {
        var migrations = new string[CatalogVersion.Known];
        for (var version = 1; version <= migrations.Length; version++)
            migrations[version - 1] = SqlText.Load("catalog_schema_" + version.ToString(CultureInfo.InvariantCulture));
        return migrations;
    }

    static async Task<(int Version, CatalogFailure? Failure)> MigrateAsync(
        CatalogSession session,
        IReadOnlyList<string> migrations,
        CancellationToken cancellationToken
    )
    {
        // CREATE SCHEMA IF NOT EXISTS requires the privilege even if the schema exists.
        await session.ExecuteAsync(
            """
            DO $$ BEGIN
              IF to_regnamespace('backup_metrics') IS NULL THEN CREATE SCHEMA backup_metrics; END IF;
              IF to_regclass('backup_metrics.schema_version') IS NULL THEN
                CREATE TABLE backup_metrics.schema_version (version int PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now());
              END IF;
            END $$
            """,
            cancellationToken
        );
        var was = await CatalogVersion.ReadAsync(session, cancellationToken);
        if (was > migrations.Count)
            return (was, CatalogVersion.TooNew(was));
        for (var version = was + 1; version <= migrations.Count; version++)
        {
            session.Step = string.Create(CultureInfo.InvariantCulture, $"making version {version} of the catalogue");
            await session.ExecuteAsync(migrations[version - 1], cancellationToken);
            await using var done = session.Command("INSERT INTO backup_metrics.schema_version (version) VALUES ($1)", version);
            await done.ExecuteNonQueryAsync(cancellationToken);
        }

        return (was, null);
    }
}
