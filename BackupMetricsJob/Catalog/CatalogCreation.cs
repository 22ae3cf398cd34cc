using BackupMetricsJob.Postgres;

namespace BackupMetricsJob.Catalog;

/// <summary>Makes the catalogue where an import finds none, if its role may; if not, says what the owner of the database has to type.</summary>
internal static class CatalogCreation
{
    const string Rights = """
        SELECT pg_is_in_recovery() AS is_standby, has_database_privilege(current_database(), 'CREATE') AS may_create,
          current_user AS role, pg_get_userbyid(d.datdba) AS owner, current_database() AS database
        FROM pg_database d WHERE d.datname = current_database()
        """;

    /// <summary>Null if the catalogue is there now.</summary>
    public static async Task<CatalogFailure?> RunAsync(ConnectionSettings database, TimeSpan timeout, CancellationToken stop) =>
        await CatalogSession.RunAsync(
            database,
            timeout,
            async (session, cancellationToken) =>
            {
                session.Step = "looking whether the role may create the catalogue";
                await using var command = session.Command(Rights);
                await using var row = await command.ExecuteReaderAsync(cancellationToken);
                await row.ReadAsync(cancellationToken);
                return Refusal(
                    database,
                    isStandby: row.GetBoolean(row.GetOrdinal("is_standby")),
                    mayCreate: row.GetBoolean(row.GetOrdinal("may_create")),
                    role: row.GetString(row.GetOrdinal("role")),
                    owner: row.GetString(row.GetOrdinal("owner")),
                    name: row.GetString(row.GetOrdinal("database"))
                );
            },
            stop
        ) ?? (await CatalogInit.RunAsync(database, null, null, timeout, stop)).Failure;

    static CatalogFailure? Refusal(
        ConnectionSettings database,
        bool isStandby,
        bool mayCreate,
        string role,
        string owner,
        string name
    )
    {
        if (isStandby)
            return CatalogFailure.Database(
                $"{database.Description} is a standby, which cannot be written, and there is no catalogue in it: connect to its primary, or "
                    + "keep the catalogue in another database with --catalogue"
            );
        if (mayCreate)
            return null;
        var connection = (database with { User = owner }).Description;
        return CatalogFailure.Database(
            $"there is no catalogue in the database \"{name}\", and the role \"{role}\" may not create one. Its owner types: "
                + $"backup-metrics catalog init --connection {ForShell(connection)} --grant-writer {ForShell(role)}"
        );
    }

    static string ForShell(string text) =>
        text.All(character => char.IsAsciiLetterOrDigit(character) || character is '_' or '-' or '.')
            ? text
            : $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
