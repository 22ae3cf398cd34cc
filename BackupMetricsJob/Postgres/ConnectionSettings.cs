namespace BackupMetricsJob.Postgres;

/// <summary>libpq's target_session_attrs: which kind of server to connect to.</summary>
internal enum SessionAttributes
{
    Any,
    ReadWrite,
    ReadOnly,
    Primary,
    Standby,
    PreferStandby,
}

/// <summary>
/// A connection with all defaults, files and variables resolved. Every setting is either honoured or was refused before. Neither
/// <see cref="Description"/> nor <see cref="ToString"/> contains a password.
/// </summary>
/// <param name="ConnectTimeout">Per host; null waits as long as the target's own timeout allows.</param>
/// <param name="Options">Command-line options for the session (<c>-c name=value</c>), or null.</param>
/// <param name="TimeZone">PGTZ, or null for the server's default.</param>
/// <param name="Warnings">What psql would warn about, or do less safely than requested.</param>
internal sealed record ConnectionSettings(
    IReadOnlyList<ConnectionHost> Hosts,
    string Database,
    string User,
    TlsSettings Tls,
    AuthenticationSettings Authentication,
    SessionAttributes TargetSessionAttributes,
    string ApplicationName,
    TimeSpan? ConnectTimeout,
    string? Options,
    string? TimeZone,
    IReadOnlyList<string> Warnings
)
{
    internal const string DefaultApplicationName = "backup-metrics";

    /// <summary>Whether one of the hosts is certainly this machine.</summary>
    internal bool HasLocalHost => Hosts.Any(host => host.IsLocal);

    /// <summary>For messages: <c>postgresql://user@host:port/database</c>.</summary>
    internal string Description =>
        $"postgresql://{Uri.EscapeDataString(User)}@{string.Join(',', Hosts.Select(host => host.UriText))}"
        + $"/{Uri.EscapeDataString(Database)}";

    public override string ToString() => Description;
}
