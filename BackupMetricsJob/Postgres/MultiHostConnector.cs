using System.Globalization;
using System.Net;
using System.Net.Sockets;
using BackupMetricsJob.Backups;
using Npgsql;

namespace BackupMetricsJob.Postgres;

/// <summary>
/// Connects to the first suitable host of a target, by libpq's rules. It skips a host that has no address, refuses the connection, is
/// unreachable, does not respond, cannot accept connections now or has the wrong session attributes. It stops at a host that refuses the
/// login, lacks the database, is full, hangs up or is not trusted. Npgsql's own loop continues after any of these, and does not say what
/// each host did: https://github.com/npgsql/npgsql/blob/main/src/Npgsql/NpgsqlMultiHostDataSource.cs
/// </summary>
internal sealed class MultiHostConnector
{
    /// <summary>How much longer Npgsql's own timeouts are than ours, so that ours always expire first.</summary>
    static readonly TimeSpan NpgsqlMargin = TimeSpan.FromSeconds(2);

    readonly ConnectionSettings _settings;
    readonly TimeSpan _timeout;
    readonly RunClock _clock;
    readonly ConnectionProgress _progress;
    readonly CertificateCheck? _check;
    readonly CancellationToken _cancellationToken;
    readonly TimeSpan _end;
    ProbeFailure? _failure;
    string _messages = "";
    bool _isOver;

    MultiHostConnector(
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
    /// A connection, or why there is none, with the messages of all hosts. Throws only on cancellation, which Npgsql checks where it can.
    /// </summary>
    /// <param name="progress">Receives the progress.</param>
    public static async Task<(OpenConnection? Connection, ProbeFailure? Failure)> OpenAsync(
        ConnectionSettings settings,
        TimeSpan timeout,
        RunClock clock,
        ConnectionProgress progress,
        CancellationToken cancellationToken
    )
    {
        CertificateCheck? check = null;
        if (
            settings.Tls.Verifies
            && await DedicatedThread.RunAsync(() => CertificateCheck.TryRead(settings.Tls, out check)) is { } unreadable
        )
            return (null, unreadable);
        var loop = new MultiHostConnector(settings, timeout, clock, progress, check, cancellationToken);
        var connection =
            settings.TargetSessionAttributes == SessionAttributes.PreferStandby
                ? await loop.TryAllAsync(SessionAttributes.Standby, passes: 2) ?? await loop.TryAllAsync(SessionAttributes.Any, passes: 1)
                : await loop.TryAllAsync(settings.TargetSessionAttributes, passes: 1);
        return (connection, connection is null ? loop._failure! with { Message = loop._messages } : null);
    }

    async Task<OpenConnection?> TryAllAsync(SessionAttributes kind, int passes)
    {
        var hosts = _settings.Hosts;
        if (!_isOver)
            (_messages, _failure) = ("", null);
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
                _messages += $"; not tried after that: {string.Join(", ", hosts.Skip(i + 1))}";
        }

        return null;
    }

    /// <summary>
    /// Resolves a host name; like libpq, every address is tried. Npgsql would resolve it on a thread pool thread that blocks until the
    /// resolver responds (https://github.com/dotnet/runtime/issues/48566), and reports a malformed name as a bug. A socket counts as one
    /// address. Empty after a failure.
    /// </summary>
    async Task<IReadOnlyList<string?>> AddressesAsync(ConnectionHost host, int attempts)
    {
        if (host.Address is not null || host.IsSocket || IPAddress.TryParse(host.Name, out _))
            return [host.Address];
        var share = Begin(host, attempts, "resolving");
        try
        {
            var found = await DedicatedThread
                .RunAsync(() => Dns.GetHostAddresses(host.Name))
                .WaitAsync(share, _clock.Provider, _cancellationToken);
            return [.. found.Select(address => address.ToString())];
        }
        catch (TimeoutException)
        {
            Note(host, new(FailureReason.Timeout, DescribeTimeout(share) + " from the name resolver"), isTelling: true);
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            Note(host, ProbeFailures.From(e) ?? new(FailureReason.Dns, "this is not a valid host name"), isTelling: true);
        }

        return [];
    }

    /// <param name="attempts">How many hosts are left to try, including this one.</param>
    async Task<OpenConnection?> TryAsync(ConnectionHost host, SessionAttributes kind, int attempts)
    {
        var share = Begin(host, attempts, "connecting to");
        NpgsqlDataSource? source = null;
        NpgsqlConnection? connection = null;
        var hasSpoken = false;
        try
        {
#pragma warning disable CA2000 // Disposed of below, or with the connection that it is returned in.
            source = NpgsqlDataSourceFactory.Create(_settings, host, share, 2 * (_timeout + NpgsqlMargin), _check, Spoken);
#pragma warning restore CA2000
            connection = await source.OpenConnectionAsync(_cancellationToken);
            _progress.Answer();
            if (
                kind == SessionAttributes.Any
                || await SessionAttributesCheck.DescribeMismatchAsync(connection, kind, _cancellationToken) is not { } words
            )
                return new(source, connection);

            // After a failover elsewhere, only a retry helps.
            Note(
                host,
                new(FailureReason.Busy, words) { Advice = "Check that one of the hosts satisfies target_session_attrs." },
                isTelling: false
            );
        }
        catch (Exception e) when (!_cancellationToken.IsCancellationRequested)
        {
            var failure = ProbeFailures.From(e) ?? ProbeFailures.Unexpected(e, FailureReason.Network);
            if (e is PostgresException)
                _progress.Answer();
            else if (failure.Reason == FailureReason.Timeout)
                failure = failure with { Message = DescribeTimeout(share) };
            var lost = _settings.Tls.Certificate is null || !hasSpoken ? null : TlsFailures.FromLostRefusal(e);
            var known = _check?.Refusal ?? HostFailures.Describe(e, host, _settings.User, failure);
            if (known is null && HostFailures.MayBeOtherProtocol(e, failure))
            {
                known =
                    await ProtocolDetector.DetectAsync(host, _clock.Provider, _cancellationToken)
                    ?? (hasSpoken ? null : HostFailures.OfSilentEnd(e));
            }

            Note(host, known ?? lost ?? failure, isTelling: true);
            _isOver = lost is not null || !TriesNextHost(e, failure);
        }

        if (connection is not null)
            await connection.DisposeAsync();
        if (source is not null)
            await source.DisposeAsync();
        return null;

        // It asked for a password or accepted TLS: it speaks the PostgreSQL protocol.
        void Spoken()
        {
            hasSpoken = true;
            _progress.Answer();
        }
    }

    /// <summary>Reports the current step and returns its timeout.</summary>
    TimeSpan Begin(ConnectionHost host, int attempts, string what)
    {
        _progress.Host = host.ToString();
        _progress.Step = $"{what} {host}{(_messages.Length > 0 ? $" ({_messages})" : "")}";
        return TimeoutFor(_end - _clock.Elapsed, attempts);
    }

    /// <summary>Publishes the last failure, except that a host with the wrong session attributes never replaces another failure.</summary>
    void Note(ConnectionHost host, ProbeFailure failure, bool isTelling)
    {
        failure = failure with { Message = Redact(host, failure.Message) };
        if (_settings.Hosts.Count == 1 && failure.Reason == FailureReason.Dns)
            failure = failure with { Message = $"{host}: {failure.Message}" };
        var words = _settings.Hosts.Count == 1 ? failure.Message : $"{host}: {failure.Message}";
        _messages = _messages.Length > 0 ? $"{_messages}; {words}" : words;
        if (isTelling || _failure is null or { Reason: FailureReason.Busy })
            _failure = failure;
    }

    /// <summary>A server, or the service that it asks about a login, may echo the rejected password.</summary>
    static string Redact(ConnectionHost host, string words) =>
        host.Password?.Reveal() is { Length: > 3 } password ? words.Replace(password, "***", StringComparison.Ordinal) : words;

    /// <summary>Npgsql's own message only describes how it noticed the timeout.</summary>
    string DescribeTimeout(TimeSpan share) =>
        _settings.ConnectTimeout is { } limit && limit < share
            ? string.Create(CultureInfo.InvariantCulture, $"no answer within {limit.TotalSeconds:0.#} s (connect_timeout)")
            : string.Create(CultureInfo.InvariantCulture, $"no answer within {share.TotalSeconds:0.#} s");

    /// <summary>
    /// The timeout of this host. Without connect_timeout libpq waits forever; here the remaining time is divided among the hosts. Npgsql's
    /// timeouts are whole seconds.
    /// </summary>
    TimeSpan TimeoutFor(TimeSpan left, int attempts)
    {
        if (left < TimeSpan.Zero)
            left = TimeSpan.Zero;
        if (attempts == 1)
            return left + NpgsqlMargin;
        return _settings.ConnectTimeout < left ? left : TimeSpan.FromSeconds(Math.Max(1, Math.Round(left.TotalSeconds / attempts)));
    }

    // Like psql 15, which the tests compare with: once a server has accepted the connection, libpq continues only after a timeout or
    // "cannot connect now".
    static bool TriesNextHost(Exception exception, ProbeFailure failure) =>
        exception switch
        {
            PostgresException { SqlState: PostgresErrorCodes.CannotConnectNow } => true,
            PostgresException => false,
            { InnerException: SocketException } => true,
            _ => failure.Reason == FailureReason.Timeout,
        };
}
