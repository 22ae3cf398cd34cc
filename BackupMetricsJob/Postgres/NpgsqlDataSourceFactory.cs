using System.Security.Authentication;
using Npgsql;

namespace BackupMetricsJob.Postgres;

/// <summary>
/// Makes Npgsql connect exactly as <see cref="ConnectionSettings"/> say: every setting that Npgsql would otherwise take from PG* variables,
/// <c>~/.pgpass</c> or <c>~/.postgresql</c> is given explicitly. No type loading, no prepared statements, and no pool unless requested.
/// </summary>
internal static class NpgsqlDataSourceFactory
{
    const int LongestTimeout = 1024; // seconds: NpgsqlConnection.TimeoutLimit

    /// <summary>Opens nothing yet. The caller disposes it after its connections.</summary>
    /// <param name="settings">The settings for every host.</param>
    /// <param name="host">The host to connect to.</param>
    /// <param name="connect">The timeout for connecting, unless connect_timeout is shorter.</param>
    /// <param name="command">The timeout of each command.</param>
    /// <param name="check">Verifies the server's certificate; null for no verification.</param>
    /// <param name="answered">Called at the server's first response, perhaps only after the login.</param>
    internal static NpgsqlDataSource Create(
        ConnectionSettings settings,
        ConnectionHost host,
        TimeSpan connect,
        TimeSpan command,
        CertificateCheck? check = null,
        Action? answered = null
    )
    {
        if (check is null && settings.Tls.Verifies)
            throw new ArgumentNullException(nameof(check));
        var builder = new NpgsqlSlimDataSourceBuilder();
        Describe(settings, host, connect, command, builder.ConnectionStringBuilder);

        // The detail of a refused login shows whether a retry makes sense. It is used for nothing else, because it may contain data.
        builder.ConnectionStringBuilder.IncludeErrorDetail = true;
        return Build(builder, settings, host, check, answered);
    }

    /// <summary>For a long-lived client: a pool of at most ten connections to the single host of <paramref name="settings"/>.</summary>
    internal static NpgsqlDataSource CreatePool(ConnectionSettings settings, TimeSpan timeout, CertificateCheck? check)
    {
        if (settings.Hosts.Count != 1 || settings.TargetSessionAttributes != SessionAttributes.Any)
            throw new ArgumentException("a pool has one host", nameof(settings));
        if (check is null && settings.Tls.Verifies)
            throw new ArgumentNullException(nameof(check));
        var builder = new NpgsqlSlimDataSourceBuilder();
        Describe(settings, settings.Hosts[0], timeout, timeout, builder.ConnectionStringBuilder);
        builder.ConnectionStringBuilder.Pooling = true;
        builder.ConnectionStringBuilder.MaxPoolSize = 10;
        return Build(builder, settings, settings.Hosts[0], check, answered: null);
    }

    static NpgsqlDataSource Build(
        NpgsqlSlimDataSourceBuilder builder,
        ConnectionSettings settings,
        ConnectionHost host,
        CertificateCheck? check,
        Action? answered
    )
    {
        builder.ConfigureTypeLoading(types => types.EnableTypeLoading(false));
        UsePassword(builder, host.Password, answered);
        if (settings.Tls.Mode != TlsMode.Disable)
            UseTls(builder, settings.Tls, host, check, answered);
        return builder.Build();
    }

    static void Describe(
        ConnectionSettings settings,
        ConnectionHost host,
        TimeSpan connect,
        TimeSpan command,
        NpgsqlConnectionStringBuilder text
    )
    {
        text.Host = host.Reachable;
        text.Port = host.Port;
        text.Database = settings.Database;
        text.Username = settings.User;
        text.ApplicationName = settings.ApplicationName;
        text.ClientEncoding = "UTF8";
        text.SslMode = Ssl(settings.Tls.Mode);
        text.SslNegotiation = settings.Tls.Direct ? SslNegotiation.Direct : SslNegotiation.Postgres;
        // Npgsql's default, Prefer, reconnects after any failure, and then may ignore the timeout:
        // https://github.com/npgsql/npgsql/issues/6655
        text.GssEncryptionMode = GssEncryptionMode.Disable;
        text.ChannelBinding = Binding(settings.Authentication.ChannelBinding);
        text.RequireAuth = Methods(settings.Authentication.Allowed);
        text.Pooling = false;
        text.Timeout = Seconds(settings.ConnectTimeout is { } limit && limit < connect ? limit : connect);
        text.CommandTimeout = Seconds(command);
        text.Enlist = false;
        if ((settings.Options ?? UnsetOptions()) is { } options)
            text.Options = options;
        if (settings.TimeZone is { } zone)
            text.Timezone = zone;
        if (settings.Tls.Certificate is { } certificate)
        {
            text.SslCertificate = certificate;
            text.SslKey = settings.Tls.Key;
        }
        if (settings.Tls.KeyPassword is { } password)
            text.SslPassword = password.Reveal();
    }

    /// <summary>
    /// Npgsql falls back to PGOPTIONS unless Options is set, so a space replaces a PGOPTIONS that was overridden:
    /// https://github.com/npgsql/npgsql/blob/main/src/Npgsql/Internal/NpgsqlConnector.cs
    /// </summary>
    static string? UnsetOptions() => string.IsNullOrEmpty(Environment.GetEnvironmentVariable("PGOPTIONS")) ? null : " ";

    /// <summary>Npgsql does not send an empty password. It reports that one is required, and does not look elsewhere for it.</summary>
    static void UsePassword(NpgsqlSlimDataSourceBuilder builder, Secret? password, Action? answered)
    {
        builder.UsePasswordProvider(_ => Reveal(), (_, _) => ValueTask.FromResult(Reveal()));

        string Reveal()
        {
            answered?.Invoke();
            return password?.Reveal() ?? "";
        }
    }

    /// <summary>
    /// Npgsql rejects a custom check in its verify modes (https://github.com/npgsql/npgsql/issues/4483), so it is told to trust the server,
    /// and ours is the only check. It cannot be bypassed: the handshake uses it.
    /// </summary>
    static void UseTls(NpgsqlSlimDataSourceBuilder builder, TlsSettings tls, ConnectionHost host, CertificateCheck? check, Action? answered)
    {
        builder.EnableTransportSecurity();
        builder.UseSslClientAuthenticationOptionsCallback(options =>
        {
            answered?.Invoke();
            options.EnabledSslProtocols = Protocols(tls);
            // Send and verify the host's name, not the address.
            if (host.Name.Length > 0)
                options.TargetHost = host.Name;
            check?.Apply(options);
        });
    }

#pragma warning disable CA5398 // the user chooses among the versions that libpq allows by default
    static SslProtocols Protocols(TlsSettings tls) =>
        (tls.Minimum, tls.Maximum) switch
        {
            (TlsVersion.Tls13, _) => SslProtocols.Tls13,
            (_, TlsVersion.Tls12) => SslProtocols.Tls12,
            _ => SslProtocols.None,
        };
#pragma warning restore CA5398

    static int Seconds(TimeSpan time) => (int)Math.Clamp(Math.Ceiling(time.TotalSeconds), 1, LongestTimeout);

    static SslMode Ssl(TlsMode mode) =>
        mode switch
        {
            TlsMode.Disable => SslMode.Disable,
            TlsMode.Allow => SslMode.Allow,
            TlsMode.Prefer => SslMode.Prefer,
            _ => SslMode.Require,
        };

    static ChannelBinding Binding(ChannelBindingMode mode) =>
        mode switch
        {
            ChannelBindingMode.Disable => ChannelBinding.Disable,
            ChannelBindingMode.Prefer => ChannelBinding.Prefer,
            _ => ChannelBinding.Require,
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
