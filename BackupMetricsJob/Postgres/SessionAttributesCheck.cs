using Npgsql;

namespace BackupMetricsJob.Postgres;

/// <summary>Checks target_session_attrs as libpq does, with one query.</summary>
internal static class SessionAttributesCheck
{
    // transaction_read_only says the same of a standby, but libpq checks the default, which the next transaction gets. Use no operators:
    // until search_path is set, one could be the database owner's own.
    const string Sql = """
        SELECT pg_catalog.current_setting('default_transaction_read_only') AS read_only, pg_catalog.pg_is_in_recovery() AS is_standby
        """;

    /// <summary>Null if the session matches; otherwise what it is instead.</summary>
    public static async Task<string?> DescribeMismatchAsync(
        NpgsqlConnection connection,
        SessionAttributes kind,
        CancellationToken cancellationToken
    )
    {
        await using var command = new NpgsqlCommand(Sql, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var (isReadOnly, isStandby) = (reader.Text("read_only") == "on", reader.Flag("is_standby"));
        return kind switch
        {
            SessionAttributes.ReadWrite when isReadOnly || isStandby => "its sessions are read-only, but target_session_attrs=read-write",
            SessionAttributes.ReadOnly when !isReadOnly && !isStandby =>
                "its sessions are not read-only, but target_session_attrs=read-only",
            SessionAttributes.Primary when isStandby => "it is a standby, but target_session_attrs=primary",
            SessionAttributes.Standby when !isStandby => "it is not a standby, but target_session_attrs=standby",
            _ => null,
        };
    }
}
