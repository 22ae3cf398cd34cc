using System.Text;
using BackupMetricsJob.Postgres;

namespace BackupMetricsJob.Catalog;

/// <summary>
/// The privileges of two roles: the writer imports, records and prunes; the reader reads. They are granted to the given role, or returned
/// as SQL with a name to be replaced.
/// </summary>
internal static class CatalogGrants
{
    const string DatabaseRights = """
        SELECT quote_ident(current_database()) AS database,
          has_database_privilege('public', current_database(), 'CONNECT') AS may_connect,
          has_database_privilege('public', current_database(), 'TEMPORARY') AS may_use_temporary
        """;

    public static async Task<string> GiveAsync(CatalogSession session, string? writer, string? reader, CancellationToken cancellationToken)
    {
        string database;
        bool mayConnect,
            mayUseTemporary;
        await using (var command = session.Command(DatabaseRights))
        await using (var row = await command.ExecuteReaderAsync(cancellationToken))
        {
            await row.ReadAsync(cancellationToken);
            (database, mayConnect, mayUseTemporary) = (row.Text("database"), row.Flag("may_connect"), row.Flag("may_use_temporary"));
        }

        var left = new StringBuilder();
        var connect = mayConnect ? "" : $"GRANT CONNECT ON DATABASE {database} TO {{0}};\n";
        var temporary = mayUseTemporary ? "" : $"GRANT TEMPORARY ON DATABASE {database} TO {{0}};\n";
        await GiveAsync(
            session,
            writer,
            CatalogRoles.Writer,
            "imports, records and prunes",
            "--grant-writer",
            connect
                + temporary
                + """
                GRANT USAGE ON SCHEMA backup_metrics TO {0};
                GRANT SELECT, INSERT, UPDATE, DELETE ON backup_metrics.backup_catalog TO {0};
                GRANT SELECT, INSERT, UPDATE, DELETE ON backup_metrics.backup_source TO {0};
                GRANT SELECT, INSERT, UPDATE, DELETE ON backup_metrics.archive_listing, backup_metrics.archive_range TO {0};
                GRANT SELECT, INSERT, UPDATE, DELETE ON backup_metrics.backup_storage, backup_metrics.backup_refusal TO {0};
                GRANT SELECT ON backup_metrics.backup_count, backup_metrics.backup_chain, backup_metrics.schema_version TO {0};

                """,
            left,
            cancellationToken
        );
        await GiveAsync(
            session,
            reader,
            CatalogRoles.Reader,
            "reads",
            "--grant-reader",
            connect
                + """
                GRANT USAGE ON SCHEMA backup_metrics TO {0};
                GRANT SELECT ON backup_metrics.backup_catalog, backup_metrics.backup_source, backup_metrics.backup_count,
                  backup_metrics.backup_chain, backup_metrics.archive_listing, backup_metrics.archive_range,
                  backup_metrics.backup_storage, backup_metrics.backup_refusal, backup_metrics.schema_version TO {0};

                """,
            left,
            cancellationToken
        );
        return left.ToString();
    }

    public static async Task<string> GiveOnServerAsync(CatalogSession session, string? reader, CancellationToken cancellationToken)
    {
        var left = new StringBuilder();
        await GiveAsync(
            session,
            reader,
            CatalogRoles.Monitor,
            "probes this server",
            "--grant-reader",
            """
            GRANT pg_monitor TO {0};
            GRANT USAGE ON SCHEMA backup_metrics TO {0};
            GRANT EXECUTE ON FUNCTION backup_metrics.base_backup_history() TO {0};

            """,
            left,
            cancellationToken
        );
        return left.ToString();
    }

    static async Task GiveAsync(
        CatalogSession session,
        string? role,
        string example,
        string does,
        string flag,
        string statements,
        StringBuilder left,
        CancellationToken cancellationToken
    )
    {
        var sql = statements.Replace("{0}", role is null ? example : SqlText.Name(role), StringComparison.Ordinal);
        if (role is not null)
            await session.ExecuteAsync(sql, cancellationToken);
        else
            left.Append("-- For the role that ").Append(does).Append(" (or let ").Append(flag).Append(" ROLE grant it):\n").Append(sql);
    }
}
