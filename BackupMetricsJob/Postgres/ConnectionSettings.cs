namespace BackupMetricsJob.Postgres;

/// <summary>libpq's target_session_attrs: which of several servers will do.</summary>
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
/// A connection with every default, file and variable resolved: nothing more is to be looked up to open it. Whatever is in it is honoured
/// or was refused before. Neither <see cref="Description"/> nor <see cref="ToString"/> has a password.
/// </summary>
/// <param name="ConnectTimeout">for each host; null waits as long as the target's own timeout allows.</param>
/// <param name="Options">command-line options for the session (<c>-c name=value</c>), or null.</param>
/// <param name="TimeZone">PGTZ, or null for the server's own.</param>
/// <param name="Warnings">what psql would have warned of, or done worse than was asked.</param>
internal sealed record ConnectionSettings(
    IReadOnlyList<ConnectionHost> Hosts,
    string Database,
    string User,
    TlsSettings Tls,
    AuthenticationSettings Authentication,
    SessionAttributes Session,
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
