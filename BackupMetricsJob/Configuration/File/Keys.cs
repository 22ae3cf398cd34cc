using BackupMetricsJob.Postgres;

namespace BackupMetricsJob.Configuration.File;

/// <summary>All keys of a configuration file, by map. docs/configuration.schema.json has the same keys.</summary>
internal static class Keys
{
    public static string[] Root { get; } =
    [
        "gateway",
        "textfile",
        "heartbeat",
        "job",
        "interval",
        "grouping",
        "deadline",
        "concurrency",
        "legacy_names",
        "fail_on",
        "splay",
        "shards",
        "cron",
        "timezone",
        "grace",
        "listen",
        "web_config",
        "defaults",
        "targets",
    ];

    /// <summary>The top-level keys of a file in --config-dir.</summary>
    public static string[] Part { get; } = ["defaults", "targets"];

    public static string[] Gateway { get; } = ["url", "basic_auth", "authorization", "tls_config", "timeout"];

    public static string[] Heartbeat { get; } = ["url", "url_file", "url_env", "start", "fail"];

    public static string[] BasicAuth { get; } = ["username", "username_file", "password", "password_file", "password_env"];

    public static string[] Authorization { get; } = ["type", "credentials", "credentials_file"];

    public static string[] TlsConfig { get; } = ["ca_file", "cert_file", "key_file", "insecure_skip_verify"];

    public static string[] Defaults { get; } =
    ["connection", "password_file", "password_env", "sources", "timeout", "max_age", "copies", "window", "labels", "drill"];

    public static string[] Target { get; } = ["name", .. Defaults, "connection_file", "connection_env"];

    public static string[] MaxAge { get; } = ["base", "full", "wal", "logical", "restore_test", "rto"];

    public static string[] Severities { get; } = ["warning", "critical"];

    public static string[] Server { get; } = ["receivers", "without"];

    public static string[] Catalog { get; } = ["servers"];

    public static string[] Query { get; } = ["name", "sql", "sql_file"];

    public static string[] Drill { get; } =
    [
        "tool",
        "stanza",
        "tool_config",
        "directory",
        "archive",
        "dump",
        "restore_command",
        "snapshot",
        "bin_dir",
        "query_file",
        "database",
        "superuser",
        "preload",
        "amcheck",
        "timeout",
    ];

    public static string[] Connection { get; } = [.. LibpqKeyword.All.Select(keyword => keyword.Name), "requiressl"];
}
