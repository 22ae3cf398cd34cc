using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using BackupMetricsJob.Targets;
using Npgsql;

namespace BackupMetricsJob.Probing;

/// <summary>
/// Makes Npgsql connect as <see cref="ConnectionSettings"/> say and as nothing else says: every setting that Npgsql would otherwise take from
/// PG* variables, <c>~/.pgpass</c> or <c>~/.postgresql</c> is given explicitly. No pool, no types loaded, no prepared statements.
/// </summary>
internal static class NpgsqlConnector
{
    const int LongestTimeout = 1024; // Npgsql's own limit, in seconds

    /// <summary>Opens nothing yet. The caller disposes it after its connections.</summary>
    /// <param name="pooled">For one who stays connected for months.</param>
    internal static NpgsqlDataSource Create(ConnectionSettings settings, TimeSpan timeout, bool pooled = false)
    {
        var text = Describe(settings, timeout);
        if (pooled)
        {
            text.Pooling = true;
            text.MaxPoolSize = 10;
        }

        var builder = new NpgsqlSlimDataSourceBuilder(text.ConnectionString);
        builder.ConfigureTypeLoading(types => types.EnableTypeLoading(false));
        UsePasswords(builder, settings);
        if (settings.Tls.Mode != TlsMode.Disable)
            UseTls(builder, settings);

        // Also for one host: Npgsql checks what kind of session it is only in this form.
        return settings.Hosts.Count == 1 && settings.Session == SessionKind.Any
            ? builder.Build()
            : builder.BuildMultiHost().WithTargetSession(Session(settings.Session));
    }

    /// <summary>The root certificate that is needed and not there; Npgsql would only say that the server's certificate was rejected.</summary>
    internal static void RequireRootCertificate(ConnectionSettings settings)
    {
        if (settings.Tls is { Verifies: true, RootCertificate: { } root } && !File.Exists(root))
            throw new FileNotFoundException($"the root certificate {root} does not exist", root);
    }

    /// <summary>Loads what a first connection needs, beside the reading of the settings; connects to nothing.</summary>
    internal static void Rehearse()
    {
        using var source = Create(
            new([new("localhost", null, 5432, new Secret("x"))], "x", "x", TlsSettings.Off, new(AuthMethods.ScramSha256, ChannelBindingMode.Prefer), SessionKind.Any, "x", null, null, null, []),
            TimeSpan.FromSeconds(1));
        using var connection = source.CreateConnection();
        Rfc2898DeriveBytes.Pbkdf2("x"u8, "x"u8, 1, HashAlgorithmName.SHA256, 32);
    }

    static NpgsqlConnectionStringBuilder Describe(ConnectionSettings settings, TimeSpan timeout)
    {
        var limit = settings.ConnectTimeout is { } connect && connect < timeout ? connect : timeout;
        var text = new NpgsqlConnectionStringBuilder
        {
            Database = settings.Database,
            Username = settings.User,
            ApplicationName = settings.ApplicationName,
            ClientEncoding = "UTF8",
            SslMode = Ssl(settings.Tls.Mode),
            SslNegotiation = settings.Tls.Direct ? SslNegotiation.Direct : SslNegotiation.Postgres,
            GssEncryptionMode = GssEncryptionMode.Disable,
            ChannelBinding = Binding(settings.Authentication.ChannelBinding),
            RequireAuth = Methods(settings.Authentication.Allowed),
            Pooling = false,
            Timeout = Seconds(limit),
            CommandTimeout = Seconds(timeout),
            HostRecheckSeconds = 0, // else another target's failure hides this one's reason
            Enlist = false,
        };
        SetHosts(text, settings.Hosts);
        if ((settings.Options ?? UnsetOptions()) is { } options)
            text.Options = options;
        if (settings.TimeZone is { } zone)
            text.Timezone = zone;
        if (settings.Tls.Verifies && settings.Tls.RootCertificate is { } root)
            text.RootCertificate = root;
        if (settings.Tls.Certificate is { } certificate)
        {
            text.SslCertificate = certificate;
            text.SslKey = settings.Tls.Key;
        }
        if (settings.Tls.KeyPassword is { } password)
            text.SslPassword = password.Reveal();
        return text;
    }

    static void SetHosts(NpgsqlConnectionStringBuilder text, IReadOnlyList<ConnectionHost> hosts)
    {
        if (hosts.Count == 1)
        {
            text.Host = Endpoint(hosts[0]);
            text.Port = hosts[0].Port;
            return;
        }
        var list = new string[hosts.Count];
        for (var i = 0; i < list.Length; i++)
            list[i] = $"{Bracketed(Endpoint(hosts[i]))}:{hosts[i].Port}";
        text.Host = string.Join(',', list);
    }

    static string Endpoint(ConnectionHost host) => host.Address ?? host.Name;

    static bool IsAt(ConnectionHost host, string? endpoint) => Endpoint(host) == endpoint || Bracketed(Endpoint(host)) == endpoint;

    static string Bracketed(string host) => !host.StartsWith('/') && host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host;

    /// <summary>Npgsql cannot be told "no options", so a blank stands against a PGOPTIONS that was overridden.</summary>
    static string? UnsetOptions() => string.IsNullOrEmpty(Environment.GetEnvironmentVariable("PGOPTIONS")) ? null : " ";

    /// <summary>An empty password is sent to nobody: Npgsql then says that one is needed, and looks nowhere else for it.</summary>
    static void UsePasswords(NpgsqlSlimDataSourceBuilder builder, ConnectionSettings settings)
    {
        builder.UsePasswordProvider(Find, (asked, _) => ValueTask.FromResult(Find(asked)));

        string Find(NpgsqlConnectionStringBuilder asked)
        {
            foreach (var host in settings.Hosts)
            {
                if (host.Port == asked.Port && IsAt(host, asked.Host))
                    return host.Password?.Reveal() ?? "";
            }
            return "";
        }
    }

    static void UseTls(NpgsqlSlimDataSourceBuilder builder, ConnectionSettings settings)
    {
        builder.EnableTransportSecurity();
        if (settings.Tls.Verifies && settings.Tls.RootCertificate is null)
            builder.UseRootCertificatesCallback(SystemRoots);
        builder.UseSslClientAuthenticationOptionsCallback(options =>
        {
            options.EnabledSslProtocols = Protocols(settings.Tls);
            // The name to send and to check is the host's, not that of the address it is reached by.
            foreach (var host in settings.Hosts)
            {
                if (IsAt(host, options.TargetHost) && host.Name.Length > 0)
                {
                    options.TargetHost = host.Name;
                    break;
                }
            }
        });
    }

    /// <summary>The system's own roots (/etc/ssl on Linux), which Npgsql takes only if no ~/.postgresql/root.crt comes first.</summary>
    static X509Certificate2Collection SystemRoots()
    {
        using var store = new X509Store(StoreName.Root, StoreLocation.LocalMachine, OpenFlags.ReadOnly);
        return store.Certificates;
    }

#pragma warning disable CA5398 // the user's own choice between the two that libpq allows by default
    static SslProtocols Protocols(TlsSettings tls) => (tls.Minimum, tls.Maximum) switch
    {
        (TlsVersion.Tls13, _) => SslProtocols.Tls13,
        (_, TlsVersion.Tls12) => SslProtocols.Tls12,
        _ => SslProtocols.None,
    };
#pragma warning restore CA5398

    static int Seconds(TimeSpan time) => (int)Math.Clamp(Math.Ceiling(time.TotalSeconds), 1, LongestTimeout);

    static SslMode Ssl(TlsMode mode) => mode switch
    {
        TlsMode.Disable => SslMode.Disable,
        TlsMode.Allow => SslMode.Allow,
        TlsMode.Prefer => SslMode.Prefer,
        TlsMode.Require => SslMode.Require,
        TlsMode.VerifyCa => SslMode.VerifyCA,
        _ => SslMode.VerifyFull,
    };

    static ChannelBinding Binding(ChannelBindingMode mode) => mode switch
    {
        ChannelBindingMode.Disable => ChannelBinding.Disable,
        ChannelBindingMode.Prefer => ChannelBinding.Prefer,
        _ => ChannelBinding.Require,
    };

    static TargetSessionAttributes Session(SessionKind kind) => kind switch
    {
        SessionKind.ReadWrite => TargetSessionAttributes.ReadWrite,
        SessionKind.ReadOnly => TargetSessionAttributes.ReadOnly,
        SessionKind.Primary => TargetSessionAttributes.Primary,
        SessionKind.Standby => TargetSessionAttributes.Standby,
        SessionKind.PreferStandby => TargetSessionAttributes.PreferStandby,
        _ => TargetSessionAttributes.Any,
    };

    static string Methods(AuthMethods allowed)
    {
        var names = new List<string>(4);
        if ((allowed & AuthMethods.Nothing) != 0)
            names.Add("None");
        if ((allowed & AuthMethods.ClearText) != 0)
            names.Add("Password");
        if ((allowed & AuthMethods.Md5) != 0)
            names.Add("MD5");
        if ((allowed & AuthMethods.ScramSha256) != 0)
            names.Add("ScramSHA256");
        return string.Join(',', names);
    }
}
