using BackupMetricsJob.Postgres;

namespace BackupMetricsJob.Catalog;

/// <summary>
/// Creates the catalogue if an import or a record finds none and the role may create it. If it may not, or if the role may not write the
/// existing catalogue, the message says what the owner has to type.
/// </summary>
internal static class CatalogCreation
{
    const string Rights = """
        SELECT pg_is_in_recovery() AS is_standby, version.oid IS NOT NULL AS is_there,
          CASE WHEN schema.oid IS NULL THEN has_database_privilege(database.oid, 'CREATE')
            ELSE has_schema_privilege(schema.oid, 'CREATE') END AS may_create,
          current_user::text AS role, pg_get_userbyid(coalesce(schema.nspowner, database.datdba))::text AS owner,
          database.datname::text AS database
        FROM pg_database database
        LEFT JOIN pg_namespace schema ON schema.nspname = 'backup_metrics'
        LEFT JOIN pg_class version ON version.relnamespace = schema.oid AND version.relname = 'schema_version'
        WHERE database.datname = current_database()
        """;

    /// <param name="database">The database in which the import failed.</param>
    /// <param name="unusable">Why it failed: there is no catalogue, or the role lacks a privilege.</param>
    /// <returns>Without a failure, the import can be retried; the note says that the catalogue was created.</returns>
    public static async Task<(CatalogFailure? Failure, string? Note)> RunAsync(
        ConnectionSettings database,
        CatalogFailure unusable,
        TimeSpan timeout,
        CancellationToken stop
    )
    {
        var failure = await CatalogSession.RunAsync(
            database,
            timeout,
            (session, cancellationToken) => FindRefusalAsync(session, database, unusable.IsNoCatalogue, cancellationToken),
            stop
        );
        if (failure is not null)
            return (failure, null);
        var made = await CatalogInit.RunAsync(database, null, null, timeout, stop);
        return (made.Failure, made.Was == 0 ? $"created the catalogue (schema backup_metrics) in {database.Description}" : null);
    }

    /// <summary>If a role may not create or upgrade the catalogue, adds to the failure who may.</summary>
    public static async Task<CatalogFailure> WithOwnerAsync(
        ConnectionSettings database,
        CatalogFailure failure,
        TimeSpan timeout,
        CancellationToken stop
    )
    {
        if (!failure.IsPrivilege)
            return failure;
        string? owner = null;
        await CatalogSession.RunAsync(
            database,
            timeout,
            async (session, cancellationToken) =>
            {
                session.Step = "looking who may make the catalogue";
                await using var command = session.Command(Rights);
                await using var row = await command.ExecuteReaderAsync(cancellationToken);
                if (await row.ReadAsync(cancellationToken) && row.Text("owner") is var name && name != row.Text("role"))
                    owner =
                        $"\"{name}\", the owner of {(row.Flag("is_there") ? "the catalogue" : $"the database \"{row.Text("database")}\"")}";
                return null;
            },
            stop
        );
        return owner is null
            ? failure
            : failure with
            {
                Message = $"{failure.Message}. The role that may is {owner}; a superuser may, too",
            };
    }

    static async Task<CatalogFailure?> FindRefusalAsync(
        CatalogSession session,
        ConnectionSettings database,
        bool isMissing,
        CancellationToken cancellationToken
    )
    {
        session.Step = "looking whether the role may create the catalogue";
        await using var command = session.Command(Rights);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        await row.ReadAsync(cancellationToken);
        if (row.Flag("is_standby"))
            return CatalogFailure.Database(
                $"{database.Description} is a standby, which cannot be written, and has no catalogue that this role may use: connect to "
                    + "its primary, or keep the catalogue in another database with --catalogue"
            );
        var isThere = row.Flag("is_there");
        if (isMissing && (isThere || row.Flag("may_create")))
            return null;
        var (role, name) = (row.Text("role"), row.Text("database"));
        var asOwner = (database with { User = row.Text("owner") }).Description;
        var what = isThere
            ? $"the role \"{role}\" may not write the catalogue in the database \"{name}\""
            : $"there is no catalogue in the database \"{name}\", and the role \"{role}\" may not create one";
        return CatalogFailure.Database(
            $"{what}. Its owner types: backup-metrics catalog init --connection {ShellWord.Of(asOwner)} --grant-writer {ShellWord.Of(role)}"
        );
    }
}
