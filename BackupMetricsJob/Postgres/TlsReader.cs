using BackupMetricsJob.Files;

namespace BackupMetricsJob.Postgres;

/// <summary>
/// Reads the ssl* keywords. A setting that would weaken a requested check is refused, never ignored. A missing root certificate is detected
/// only when connecting: the file is mounted and rotated, and its loss should fail one target, not the whole run.
/// </summary>
internal static class TlsReader
{
    static readonly string[] Modes = ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"];

    internal static TlsSettings Read(
        LibpqValues values,
        IReadOnlyList<ConnectionHost> hosts,
        LibpqEnvironment environment,
        List<string> warnings
    )
    {
        var isSystem = values["sslrootcert"] == "system";
        var mode = (TlsMode)values.OneOf("sslmode", Modes, (int)(isSystem ? TlsMode.VerifyFull : TlsMode.Prefer));
        if (isSystem && mode != TlsMode.VerifyFull)
            values.Refuse("sslmode", $"\"{Modes[(int)mode]}\" is too weak for sslrootcert=system: use verify-full");
        var direct = values.OneOf("sslnegotiation", ["postgres", "direct"], 0) == 1;
        if (direct && mode < TlsMode.Require)
            values.Refuse(
                "sslmode",
                $"\"{Modes[(int)mode]}\" is too weak for sslnegotiation=direct: use require, verify-ca or verify-full"
            );
        RefuseUnsupported(values);
        var minimum = Version(values, "ssl_min_protocol_version", TlsVersion.Tls12);
        var maximum = Version(values, "ssl_max_protocol_version", TlsVersion.Tls13);
        if (minimum > maximum)
            values.Refuse("ssl_min_protocol_version", "is newer than ssl_max_protocol_version");

        if (!HasTcp(hosts, out var hasSocket) || mode == TlsMode.Disable)
            return TlsSettings.Off; // libpq ignores sslmode on a Unix socket
        if (hasSocket && mode >= TlsMode.Require)
            values.Refuse("sslmode", $"\"{Modes[(int)mode]}\" cannot be used for a list with both Unix sockets and TCP hosts");

        var root = Root(ref mode, isSystem, values, environment, warnings);
        var (certificate, key, password) = ClientCertificate(values, environment);
        return new(mode, root, certificate, key, password, direct, minimum, maximum);
    }

    static bool HasTcp(IReadOnlyList<ConnectionHost> hosts, out bool hasSocket)
    {
        hasSocket = hosts.Any(host => host.IsSocket);
        return hosts.Any(host => !host.IsSocket);
    }

    static void RefuseUnsupported(LibpqValues values)
    {
        if (values["sslcrl"] is { Length: > 0 } || values["sslcrldir"] is { Length: > 0 })
            values.Refuse(values["sslcrl"] is { Length: > 0 } ? "sslcrl" : "sslcrldir", "revocation lists are not supported");
        if (values["sslsni"] is not (null or "" or "1"))
            values.Refuse("sslsni", "only 1 is supported: the host's name is always sent");
        if (values.OneOf("sslcertmode", ["disable", "allow", "require"], 1) == 2)
            values.Refuse(
                "sslcertmode",
                "\"require\" is not supported: the program cannot tell whether the server asked for a certificate"
            );
        if (values["sslcompression"] is not (null or "" or "0"))
            values.Refuse("sslcompression", "TLS compression is not supported: use 0");
        if (values["sslkeylogfile"] is { Length: > 0 })
            values.Refuse("sslkeylogfile", "logging TLS keys is not supported");
    }

    static TlsVersion Version(LibpqValues values, string keyword, TlsVersion otherwise)
    {
        switch (values[keyword])
        {
            case null or "":
                return otherwise;
            case "TLSv1.2":
                return TlsVersion.Tls12;
            case "TLSv1.3":
                return TlsVersion.Tls13;
            default:
                values.Refuse(keyword, $"{Redaction.QuotedIfPlain(values[keyword]!)} is not supported: use TLSv1.2 or TLSv1.3");
                return otherwise;
        }
    }

    /// <summary>The root certificate's file; null if the certificate is not checked, or is checked against the system's store.</summary>
    static string? Root(ref TlsMode mode, bool isSystem, LibpqValues values, LibpqEnvironment environment, List<string> warnings)
    {
        if (isSystem)
            return null;
        var named = values["sslrootcert"] is { Length: > 0 };
        var path = named ? values["sslrootcert"] : environment.InHome(".postgresql/root.crt");
        if (mode < TlsMode.VerifyCa)
        {
            var isThere = path is not null && (named || mode == TlsMode.Require) && !environment.Read(path).IsMissing;
            if (named && (mode < TlsMode.Require || !isThere))
                warnings.Add(
                    isThere
                        ? $"{values.Origin("sslrootcert")}: the server's certificate is not checked with sslmode={Modes[(int)mode]}: "
                            + "use verify-full"
                        : $"{values.Origin("sslrootcert")}: {path} does not exist, so the server's certificate is not checked"
                );
            if (mode < TlsMode.Require || !isThere)
                return null;
            mode = TlsMode.VerifyCa; // as documented for libpq's sslmode=require
        }
        if (path is null)
            values.Refuse("sslmode", $"\"{Modes[(int)mode]}\" needs a root certificate: set sslrootcert=FILE or sslrootcert=system");
        if (values["sslcrl"] is null or "" && environment.InHome(".postgresql/root.crl") is { } list && !environment.Read(list).IsMissing)
            values.Refuse("sslcrl", $"{list} exists and libpq would use it, but revocation lists are not supported");
        return path;
    }

    static (string? Certificate, string? Key, Secret? Password) ClientCertificate(LibpqValues values, LibpqEnvironment environment)
    {
        var named = values["sslcert"] is { Length: > 0 };
        var certificate = named ? values["sslcert"] : environment.InHome(".postgresql/postgresql.crt");
        if (certificate is null)
            return default;
        var read = environment.Read(certificate);
        if (read.IsMissing && !named)
            return default;
        if (read.IsMissing)
            return Missing("sslcert", $"certificate {certificate} does not exist");
        if (read.Fault is not null)
            return Missing("sslcert", $"certificate {certificate} {read.Fault}");
        if (values["sslcertmode"] == "disable")
        {
            values.Refuse("sslcertmode", $"\"disable\" is not supported while there is a certificate, {certificate}");
            return default;
        }
        var key = values["sslkey"] is { Length: > 0 } file ? file : environment.InHome(".postgresql/postgresql.key");
        if (key is null || environment.Read(key) is not { IsMissing: false } content)
            return Missing("sslkey", $"certificate {certificate} has no private key: {key ?? "sslkey"} does not exist");
        return KeyProblem(key, content, values, out var password) is { } problem
            ? Missing("sslkey", problem)
            : (certificate, key, password);

        (string?, string?, Secret?) Missing(string keyword, string problem)
        {
            values.ReportMissing(keyword, problem);
            return default;
        }
    }

    static string? KeyProblem(string path, FileContent key, LibpqValues values, out Secret? password)
    {
        password = null;
        const UnixFileMode Forbidden =
            UnixFileMode.GroupWrite
            | UnixFileMode.GroupExecute
            | UnixFileMode.OtherRead
            | UnixFileMode.OtherWrite
            | UnixFileMode.OtherExecute;
        if (key.Fault is not null)
            return $"private key {path} {key.Fault}";
        if ((key.Mode & Forbidden) != 0)
            return $"private key {path} has group or world access: permissions must be u=rw (0600), or u=rw,g=r (0640)";
        if (!key.Text.Contains("ENCRYPTED", StringComparison.Ordinal))
            return null;
        if (values["sslpassword"] is not { Length: > 0 } text)
            return $"private key {path} is encrypted: set sslpassword";
        password = new Secret(text);
        return null;
    }
}
