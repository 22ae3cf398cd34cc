using Npgsql;

namespace BackupMetricsJob.Postgres;

/// <summary>Whether a session is of the kind that target_session_attrs asks for, judged as libpq does; one query.</summary>
internal static class SessionAttributesCheck
{
    // transaction_read_only would say the same of a standby; libpq looks at the default, which is what the next transaction gets.
    // No operator: before search_path is set, it might be one that the database's owner made.
    const string Sql = "SELECT pg_catalog.current_setting('default_transaction_read_only'), pg_catalog.pg_is_in_recovery()";

    /// <summary>Null if it is; else what it is instead.</summary>
    public static async Task<string?> DescribeMismatchAsync(
        NpgsqlConnection connection,
        SessionAttributes kind,
        CancellationToken cancellationToken
    )
    {
        await using var command = new NpgsqlCommand(Sql, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var (isReadOnly, isStandby) = (reader.GetString(0) == "on", reader.GetBoolean(1));
        return kind switch
        {
            SessionAttributes.ReadWrite when isReadOnly || isStandby =>
                "its sessions are read-only, and target_session_attrs=read-write is asked for",
            SessionAttributes.ReadOnly when !isReadOnly && !isStandby =>
                "its sessions are not read-only, and target_session_attrs=read-only is asked for",
            SessionAttributes.Primary when isStandby => "it is a standby, and target_session_attrs=primary is asked for",
            SessionAttributes.Standby when !isStandby => "it is no standby, and target_session_attrs=standby is asked for",
            _ => null,
        };
    }
}
