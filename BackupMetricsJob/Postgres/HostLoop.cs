using System.Globalization;
using System.Net;
using System.Net.Sockets;
using BackupMetricsJob.Backups;
using Npgsql;

namespace BackupMetricsJob.Postgres;

/// <summary>
/// Connects to the first of a target's hosts that will do, and looks for it as libpq does: past a host that has no address, refuses,
/// cannot be
/// reached, is silent, cannot accept connections now or has the wrong kind of session; but no further than one that refuses the login,
/// has no
/// such database, is full, hangs up or cannot be trusted. Npgsql's own loop goes on after any of these and does not tell which host did
/// what.
/// </summary>
internal sealed class HostLoop
{
    /// <summary>By how much Npgsql's own limits are longer than ours, so that it is always ours that speaks.</summary>
    static readonly TimeSpan Overtime = TimeSpan.FromSeconds(2);

    readonly ConnectionSettings _settings;
    readonly TimeSpan _timeout;
    readonly RunClock _clock;
    readonly ConnectionProgress _progress;
    readonly CertificateCheck? _check;
    readonly CancellationToken _cancellationToken;
    readonly TimeSpan _end;
    ProbeFailure? _failure;
    string _said = "";
    bool _isOver;

    HostLoop(
        ConnectionSettings settings,
        TimeSpan timeout,
        RunClock clock,
        ConnectionProgress progress,
        CertificateCheck? check,
        CancellationToken cancellationToken
    )
    {
        (_settings, _timeout, _clock, _progress, _check, _cancellationToken) = (
            settings,
            timeout,
            clock,
            progress,
            check,
            cancellationToken
        );
        _end = clock.Elapsed + timeout;
    }

    /// <summary>
    /// A connection, or why there is none, with what each host said. Only a cancellation is thrown, and looked at as far as Npgsql does.
    /// </summary>
    /// <param name="progress">Is told how far it has come.</param>
    public static async Task<(OpenConnection? Connection, ProbeFailure? Failure)> OpenAsync(
        ConnectionSettings settings,
        TimeSpan timeout,
        RunClock clock,
        ConnectionProgress progress,
        CancellationToken cancellationToken
    )
    {
        CertificateCheck? check = null;
        if (settings.Tls.Verifies && await OwnThread.RunAsync(() => CertificateCheck.TryRead(settings.Tls, out check)) is { } unreadable)
            return (null, unreadable);
        var loop = new HostLoop(settings, timeout, clock, progress, check, cancellationToken);
        var connection =
            settings.Session == SessionKind.PreferStandby
                ? await loop.TryAllAsync(SessionKind.Standby, passes: 2) ?? await loop.TryAllAsync(SessionKind.Any, passes: 1)
                : await loop.TryAllAsync(settings.Session, passes: 1);
        return (connection, connection is null ? loop._failure! with { Message = loop._said } : null);
    }

    async Task<OpenConnection?> TryAllAsync(SessionKind kind, int passes)
    {
        var hosts = _settings.Hosts;
        if (!_isOver)
            (_said, _failure) = ("", null);
        for (var i = 0; i < hosts.Count && !_isOver; i++)
        {
            var attempts = (hosts.Count * passes) - i;
            var addresses = await AddressesAsync(hosts[i], attempts);
            for (var more = addresses.Count - 1; more >= 0 && !_isOver; more--)
            {
                var host = hosts[i] with { Address = addresses[addresses.Count - 1 - more] };
                if (await TryAsync(host, kind, attempts + more) is { } connection)
                    return connection;
            }

            if (_isOver && i + 1 < hosts.Count)
                _said += $"; not tried after that: {string.Join(", ", hosts.Skip(i + 1))}";
        }

        return null;
    }

    /// <summary>
    /// The addresses of a name, each of which is tried, as in libpq. Npgsql would look the name up itself, on a thread of the pool that
    /// waits as long as the
    /// resolver is silent, and takes one with a colon or without end for a bug. A socket has no address, and that is one; after a failure
    /// there is none.
    /// </summary>
    async Task<IReadOnlyList<string?>> AddressesAsync(ConnectionHost host, int attempts)
    {
        if (host.Address is not null || host.IsSocket || IPAddress.TryParse(host.Name, out _))
            return [host.Address];
        var share = Begin(host, attempts, "looking up");
        try
        {
            var found = await OwnThread
                .RunAsync(() => Dns.GetHostAddresses(host.Name))
                .WaitAsync(share, _clock.Provider, _cancellationToken);
            return [.. found.Select(address => address.ToString())];
        }
        catch (TimeoutException)
        {
            Note(host, new(FailureReason.Timeout, Silence(share) + " to the look-up of its name"), isTelling: true);
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            Note(host, ProbeFailures.From(e) ?? new(FailureReason.Dns, "this cannot be the name of a host"), isTelling: true);
        }

        return [];
    }

    /// <param name="attempts">How many hosts there are to try, this one included.</param>
    async Task<OpenConnection?> TryAsync(ConnectionHost host, SessionKind kind, int attempts)
    {
        var share = Begin(host, attempts, "connecting to");
        NpgsqlDataSource? source = null;
        NpgsqlConnection? connection = null;
        var hasSpoken = false;
        try
        {
#pragma warning disable CA2000 // Disposed of below, or with the connection that it is returned in.
            source = NpgsqlConnector.Create(_settings, host, share, 2 * (_timeout + Overtime), _check, Spoken);
#pragma warning restore CA2000
            connection = await source.OpenConnectionAsync(_cancellationToken);
            _progress.Answer();
            if (kind == SessionKind.Any || await SessionKinds.MismatchAsync(connection, kind, _cancellationToken) is not { } words)
                return new(source, connection);

            // Whoever waits for a server that is elsewhere today can only try again.
            Note(
                host,
                new(FailureReason.Busy, words) { Do = "Is there a server of the kind that target_session_attrs asks for among the hosts?" },
                isTelling: false
            );
        }
        catch (Exception e) when (!_cancellationToken.IsCancellationRequested)
        {
            var failure = ProbeFailures.From(e) ?? ProbeFailures.Unexpected(e, FailureReason.Network);
            if (e is PostgresException)
                _progress.Answer();
            else if (failure.Reason == FailureReason.Timeout)
                failure = failure with { Message = Silence(share) };
            var lost = _settings.Tls.Certificate is null || !hasSpoken ? null : TlsFailures.OfLostRefusal(e);
            var known = _check?.Refusal ?? HostFailures.Describe(e, host, _settings.User, failure);
            if (known is null && HostFailures.MayBeStrange(e, failure))
            {
                known =
                    await StrangeServer.AskAsync(host, _clock.Provider, _cancellationToken)
                    ?? (hasSpoken ? null : HostFailures.OfSilentEnd(e));
            }

            Note(host, known ?? lost ?? failure, isTelling: true);
            _isOver = lost is not null || !GoesOn(e, failure);
        }

        if (connection is not null)
            await connection.DisposeAsync();
        if (source is not null)
            await source.DisposeAsync();
        return null;

        // Asked for a password, or about to begin TLS: it speaks PostgreSQL's protocol.
        void Spoken()
        {
            hasSpoken = true;
            _progress.Answer();
        }
    }

    /// <summary>Tells what is done now, and how long it may take.</summary>
    TimeSpan Begin(ConnectionHost host, int attempts, string what)
    {
        _progress.Host = host.ToString();
        _progress.Step = $"{what} {host}{(_said.Length > 0 ? $" ({_said})" : "")}";
        return Share(_end - _clock.Elapsed, attempts);
    }

    /// <summary>
    /// The failure that is published is the last one that tells more than that a host was not the one that is looked for.
    /// </summary>
    void Note(ConnectionHost host, ProbeFailure failure, bool isTelling)
    {
        failure = failure with { Message = Hidden(host, failure.Message) };
        if (_settings.Hosts.Count == 1 && failure.Reason == FailureReason.Dns)
            failure = failure with { Message = $"{host}: {failure.Message}" };
        var words = _settings.Hosts.Count == 1 ? failure.Message : $"{host}: {failure.Message}";
        _said = _said.Length > 0 ? $"{_said}; {words}" : words;
        if (isTelling || _failure is null or { Reason: FailureReason.Busy })
            _failure = failure;
    }

    /// <summary>A server, or what it asks about a login, may repeat the password that it refuses.</summary>
    static string Hidden(ConnectionHost host, string words) =>
        host.Password?.Reveal() is { Length: > 3 } password ? words.Replace(password, "***", StringComparison.Ordinal) : words;

    /// <summary>What Npgsql says of it is how it noticed.</summary>
    string Silence(TimeSpan share) =>
        _settings.ConnectTimeout is { } limit && limit < share
            ? string.Create(CultureInfo.InvariantCulture, $"no answer within {limit.TotalSeconds:0.#} s (connect_timeout)")
            : string.Create(CultureInfo.InvariantCulture, $"no answer within {share.TotalSeconds:0.#} s");

    /// <summary>
    /// How long this host may take. libpq waits for ever where there is no connect_timeout; here what is left is divided, so that the
    /// next host
    /// gets its chance. Npgsql counts in whole seconds.
    /// </summary>
    TimeSpan Share(TimeSpan left, int attempts)
    {
        if (left < TimeSpan.Zero)
            left = TimeSpan.Zero;
        if (attempts == 1)
            return left + Overtime;
        return _settings.ConnectTimeout < left ? left : TimeSpan.FromSeconds(Math.Max(1, Math.Round(left.TotalSeconds / attempts)));
    }

    // As psql 15 does, which the tests compare with: once a server has taken the connection, only its silence or "not now" sends libpq on.
    static bool GoesOn(Exception exception, ProbeFailure failure) =>
        exception switch
        {
            PostgresException { SqlState: PostgresErrorCodes.CannotConnectNow } => true,
            PostgresException => false,
            { InnerException: SocketException } => true,
            _ => failure.Reason == FailureReason.Timeout,
        };
}
