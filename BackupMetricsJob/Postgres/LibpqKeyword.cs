namespace BackupMetricsJob.Postgres;

/// <summary>
/// The connection keywords of libpq up to PostgreSQL 18, each with the environment variable that provides its default
/// (https://www.postgresql.org/docs/18/libpq-connect.html, section "Parameter Key Words").
/// </summary>
internal static class LibpqKeyword
{
    internal static readonly (string Name, string? Variable)[] All =
    [
        ("host", "PGHOST"),
        ("hostaddr", "PGHOSTADDR"),
        ("port", "PGPORT"),
        ("dbname", "PGDATABASE"),
        ("user", "PGUSER"),
        ("password", "PGPASSWORD"),
        ("passfile", "PGPASSFILE"),
        ("service", "PGSERVICE"),
        ("servicefile", "PGSERVICEFILE"),
        ("require_auth", "PGREQUIREAUTH"),
        ("channel_binding", "PGCHANNELBINDING"),
        ("connect_timeout", "PGCONNECT_TIMEOUT"),
        ("client_encoding", "PGCLIENTENCODING"),
        ("options", "PGOPTIONS"),
        ("application_name", "PGAPPNAME"),
        ("fallback_application_name", null),
        ("keepalives", null),
        ("keepalives_idle", null),
        ("keepalives_interval", null),
        ("keepalives_count", null),
        ("tcp_user_timeout", null),
        ("replication", null),
        ("gssencmode", "PGGSSENCMODE"),
        ("sslmode", "PGSSLMODE"),
        ("sslnegotiation", "PGSSLNEGOTIATION"),
        ("sslcompression", "PGSSLCOMPRESSION"),
        ("sslcert", "PGSSLCERT"),
        ("sslkey", "PGSSLKEY"),
        ("sslkeylogfile", null),
        ("sslpassword", null),
        ("sslcertmode", "PGSSLCERTMODE"),
        ("sslrootcert", "PGSSLROOTCERT"),
        ("sslcrl", "PGSSLCRL"),
        ("sslcrldir", "PGSSLCRLDIR"),
        ("sslsni", "PGSSLSNI"),
        ("requirepeer", "PGREQUIREPEER"),
        ("ssl_min_protocol_version", "PGSSLMINPROTOCOLVERSION"),
        ("ssl_max_protocol_version", "PGSSLMAXPROTOCOLVERSION"),
        ("min_protocol_version", "PGMINPROTOCOLVERSION"),
        ("max_protocol_version", "PGMAXPROTOCOLVERSION"),
        ("krbsrvname", "PGKRBSRVNAME"),
        ("gsslib", "PGGSSLIB"),
        ("gssdelegation", "PGGSSDELEGATION"),
        ("scram_client_key", null),
        ("scram_server_key", null),
        ("target_session_attrs", "PGTARGETSESSIONATTRS"),
        ("load_balance_hosts", "PGLOADBALANCEHOSTS"),
        ("oauth_issuer", null),
        ("oauth_client_id", null),
        ("oauth_client_secret", null),
        ("oauth_scope", null),
    ];

    internal static bool IsKnown(string name) => All.Any(keyword => keyword.Name == name);

    /// <summary>Whether the value must never be printed.</summary>
    internal static bool IsSecret(string name) =>
        name is "password" or "sslpassword" or "oauth_client_secret" or "scram_client_key" or "scram_server_key";

    /// <summary>The keyword that was probably meant; null if none is similar.</summary>
    internal static string? Nearest(string name)
    {
        var meant = name.ToLowerInvariant().Replace(" ", "", StringComparison.Ordinal);
        switch (meant)
        {
            case "database" or "db":
                return "dbname";
            case "username" or "userid" or "uid":
                return "user";
            case "server":
                return "host";
            case "pwd" or "pass" or "pgpassword":
                return "password";
            case "timeout":
                return "connect_timeout";
            case "ssl":
                return "sslmode";
            case "rootcertificate":
                return "sslrootcert";
        }
        return NearestName.Find(meant, All.Select(keyword => keyword.Name));
    }
}
