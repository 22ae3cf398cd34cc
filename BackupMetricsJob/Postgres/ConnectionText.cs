using System.Diagnostics.CodeAnalysis;

namespace BackupMetricsJob.Postgres;

/// <summary>
/// Resolves a connection text as libpq (PostgreSQL 18) does: a <c>postgresql://</c> URI, <c>keyword=value</c> pairs, or nothing, completed
/// from a service file, the environment, password files and libpq's defaults. Settings that cannot be honoured and unknown keywords are
/// problems. All problems are reported at once, and none contains a password.
/// </summary>
internal static class ConnectionText
{
    internal static bool TryParse(
        string? text,
        LibpqEnvironment environment,
        ICollection<string> problems,
        [NotNullWhen(true)] out ConnectionSettings? settings
    )
    {
        var before = problems.Count;
        settings = TryRead(text, problems) is { } written ? Resolve(written, null, environment, problems, null) : null;
        if (problems.Count > before)
            settings = null;
        return settings is not null;
    }

    /// <summary>Splits the text into keywords; null if that fails. Without a new problem, libpq knows every keyword.</summary>
    internal static Dictionary<string, string>? TryRead(string? text, ICollection<string> problems)
    {
        var keywords = new KeywordList(problems);
        var isRead = ConnectionUri.IsUri(text ?? "")
            ? ConnectionUri.TryRead(text!, keywords, problems)
            : KeywordText.TryRead(text ?? "", keywords, problems);
        return isRead ? keywords.Values : null;
    }

    /// <summary>The connection, or null if there are new problems or missing files.</summary>
    /// <param name="written">Keywords known to libpq, with their values.</param>
    /// <param name="defaults">Defaults for keywords that are not written, before the environment; or null.</param>
    /// <param name="environment">The environment.</param>
    /// <param name="problems">Receives problems that exist on any machine.</param>
    /// <param name="missingFiles">Receives problems that only exist because a file is missing now; if null, they are problems.</param>
    internal static ConnectionSettings? Resolve(
        IReadOnlyDictionary<string, string> written,
        IReadOnlyDictionary<string, string>? defaults,
        LibpqEnvironment environment,
        ICollection<string> problems,
        ICollection<MissingFile>? missingFiles
    )
    {
        var before = problems.Count + (missingFiles?.Count ?? 0);
        var settings = Resolve(LibpqValues.Merge(written, defaults, environment, problems, missingFiles), environment);
        return problems.Count + (missingFiles?.Count ?? 0) == before ? settings : null;
    }

    static ConnectionSettings Resolve(LibpqValues values, LibpqEnvironment environment)
    {
        var warnings = new List<string>();
        var hosts = HostList.Read(values);
        var user = values["user"] ?? environment.UserName ?? "";
        if (user.Length == 0)
            values.Refuse(
                "user",
                values["user"] is null ? "is required: the operating system's user has no name to use as the default" : "must not be empty"
            );
        var database = values["dbname"] is { Length: > 0 } named ? named : user;
        RefuseUnsupported(values, hosts, warnings);
        var tls = TlsReader.Read(values, hosts, environment, warnings);
        if (tls.Mode == TlsMode.VerifyFull && values.IsValid)
            RefuseUnnamed(hosts, values);
        return new(
            WithPasswords(hosts, database, user, values, environment, warnings),
            database,
            user,
            tls,
            AuthenticationSettings.Read(values),
            (SessionAttributes)
                values.OneOf(
                    "target_session_attrs",
                    ["any", "read-write", "read-only", "primary", "standby", "prefer-standby"],
                    defaultIndex: 0
                ),
            NotEmpty(values["application_name"])
                ?? NotEmpty(values["fallback_application_name"])
                ?? ConnectionSettings.DefaultApplicationName,
            values.Number("connect_timeout") is { } seconds and > 0 ? TimeSpan.FromSeconds(seconds) : null,
            NotEmpty(values["options"]),
            NotEmpty(environment["PGTZ"]),
            warnings
        );
    }

    /// <summary>verify-full needs exactly one host name per address.</summary>
    static void RefuseUnnamed(IReadOnlyList<ConnectionHost> hosts, LibpqValues values)
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var host in hosts)
        {
            if (host.Name.Length == 0)
                values.Refuse("hostaddr", $"{host.Address} has no host name for sslmode=verify-full to check: set host, too");
            else if (host.Address is { } address && !names.TryAdd(address, host.Name) && names[address] != host.Name)
                values.Refuse(
                    "hostaddr",
                    $"sslmode=verify-full cannot distinguish the hosts {names[address]} and {host.Name} at {address}"
                );
        }
    }

    /// <summary>
    /// Keywords that are not passed on. Keepalives and tcp_user_timeout are unnecessary, because a probe lives no longer than its timeout.
    /// So are the protocol versions, if 3.0 is allowed.
    /// </summary>
    static void RefuseUnsupported(LibpqValues values, IReadOnlyList<ConnectionHost> hosts, List<string> warnings)
    {
        if (values.OneOf("gssencmode", ["disable", "prefer", "require"], 1) == 2)
            values.Refuse("gssencmode", "\"require\" is not supported, because Kerberos is not: use disable or prefer, and sslmode");
        if (values.OneOf("load_balance_hosts", ["disable", "random"], 0) == 1 && hosts.Count > 1)
            values.Refuse("load_balance_hosts", "\"random\" is not supported: hosts are tried in the given order");
        if (values["min_protocol_version"] is not (null or "" or "3.0"))
            values.Refuse("min_protocol_version", "only protocol version 3.0 is supported");
        if (values["replication"] is not (null or "" or "false" or "off" or "no" or "0"))
            values.Refuse("replication", "a replication connection cannot answer queries about backups");
        if (values["gssdelegation"] is not (null or "" or "0"))
            values.Refuse("gssdelegation", "is not supported, because Kerberos is not");
        foreach (var keyword in Refused)
        {
            if (values[keyword] is { Length: > 0 })
                values.Refuse(keyword, "is not supported");
        }
        if (values["client_encoding"] is { Length: > 0 } encoding && !IsUtf8(encoding))
            warnings.Add($"{values.Origin("client_encoding")}: \"{encoding}\" is ignored: the encoding is always UTF8");
    }

    static readonly string[] Refused =
    [
        "requirepeer",
        "krbsrvname",
        "gsslib",
        "scram_client_key",
        "scram_server_key",
        "oauth_issuer",
        "oauth_client_id",
        "oauth_client_secret",
        "oauth_scope",
    ];

    static bool IsUtf8(string encoding) =>
        encoding.Equals("auto", StringComparison.OrdinalIgnoreCase)
        || encoding.Equals("UTF8", StringComparison.OrdinalIgnoreCase)
        || encoding.Equals("UTF-8", StringComparison.OrdinalIgnoreCase)
        || encoding.Equals("UNICODE", StringComparison.OrdinalIgnoreCase);

    static ConnectionHost[] WithPasswords(
        IReadOnlyList<ConnectionHost> hosts,
        string database,
        string user,
        LibpqValues values,
        LibpqEnvironment environment,
        List<string> warnings
    )
    {
        var given = values["password"] is { Length: > 0 } text ? new Secret(text) : null;
        var named = values["passfile"] is { Length: > 0 };
        var path = named ? values["passfile"] : environment.InHome(".pgpass");
        var file = given is null ? PasswordFile.Open(path, named, environment, warnings) : null;
        var result = new ConnectionHost[hosts.Count];
        for (var i = 0; i < result.Length; i++)
        {
            var host = hosts[i];
            var key =
                host.Name.Length == 0 ? host.Address!
                : host.Name == HostList.SocketDirectory ? "localhost"
                : host.Name;
            var password = given ?? file!.Find(key, host.Port, database, user);
            result[i] = host with { Password = password, SearchedPasswordFile = password is null ? path : null };
        }
        return result;
    }

    static string? NotEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
