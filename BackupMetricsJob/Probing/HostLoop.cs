using System.Globalization;
using System.Net.Sockets;
using BackupMetricsJob.Backups;
using BackupMetricsJob.Targets;
using Npgsql;

namespace BackupMetricsJob.Probing;

/// <summary>
/// Connects to the first of a target's hosts that will do, and looks for it as libpq does: past a host that has no address, refuses, cannot be
/// reached, is silent, cannot accept connections now or has the wrong kind of session; but no further than one that refuses the login, has no
/// such database, is full, hangs up or cannot be trusted. Npgsql's own loop goes on after any of these and does not tell which host did what.
/// </summary>
internal sealed class HostLoop
{
    /// <summary>By how much Npgsql's own limits are longer than ours, so that it is always ours that speaks.</summary>
    static readonly TimeSpan Overtime = TimeSpan.FromSeconds(2);

    readonly ConnectionSettings _settings;
    readonly TimeSpan _timeout;
    readonly RunClock _clock;
    readonly Reading _reading;
    readonly CertificateCheck? _check;
    readonly TimeSpan _end;
    ProbeFailure? _failure;
    string _said = "";
    bool _isOver;

    HostLoop(ConnectionSettings settings, TimeSpan timeout, RunClock clock, Reading reading, CertificateCheck? check)
    {
        (_settings, _timeout, _clock, _reading, _check) = (settings, timeout, clock, reading, check);
        _end = clock.Elapsed + timeout;
    }

    /// <summary>Blocks, for little longer than <paramref name="timeout"/>; only the look-up of a name has the system's own limit, as in libpq.</summary>
    /// <param name="reading">Is told how far it has come.</param>
    /// <param name="failure">Why there is no connection, with what each host said; null where there is one.</param>
    public static OpenConnection? Open(ConnectionSettings settings, TimeSpan timeout, RunClock clock, Reading reading, out ProbeFailure? failure)
    {
        CertificateCheck? check = null;
        if (settings.Tls.Verifies && (failure = CertificateCheck.TryRead(settings.Tls, out check)) is not null) return null;
        var loop = new HostLoop(settings, timeout, clock, reading, check);
        var connection = settings.Session == SessionKind.PreferStandby
            ? loop.TryAll(SessionKind.Standby, passes: 2) ?? loop.TryAll(SessionKind.Any, passes: 1)
            : loop.TryAll(settings.Session, passes: 1);
        failure = connection is null ? loop._failure! with { Message = loop._said } : null;
        return connection;
    }

    OpenConnection? TryAll(SessionKind kind, int passes)
    {
        var hosts = _settings.Hosts;
        if (!_isOver) (_said, _failure) = ("", null);
        for (var i = 0; i < hosts.Count && !_isOver; i++)
        {
#pragma warning disable CA2000 // It is the caller's to dispose of.
            if (Try(hosts[i], kind, attempts: (hosts.Count * passes) - i) is { } connection) return connection;
#pragma warning restore CA2000
        }

        return null;
    }

    /// <param name="attempts">How many hosts there are to try, this one included.</param>
    OpenConnection? Try(ConnectionHost host, SessionKind kind, int attempts)
    {
        var left = _end - _clock.Elapsed;
        var share = Share(left, attempts);
        _reading.Peer = host.ToString();
        _reading.Step = $"connecting to {host}{(_said.Length > 0 ? $" ({_said})" : "")}";
#pragma warning disable CA2000 // Disposed of below, or with the connection that it is returned in.
        var source = NpgsqlConnector.Create(_settings, host, share, _timeout + Overtime, _check, _reading.Answer);
#pragma warning restore CA2000
        NpgsqlConnection? connection = null;
        try
        {
            connection = source.OpenConnection();
            _reading.Answer();
            if (kind == SessionKind.Any || SessionKinds.Mismatch(connection, kind, left) is not { } words) return new(source, connection);

            // Whoever waits for a server that is elsewhere today can only try again.
            Note(host, new(FailureReason.Busy, words) { Do = "Is there a server of the kind that target_session_attrs asks for among the hosts?" }, isTelling: false);
        }
        catch (Exception e) when (ProbeFailures.Of(e) is { } failure)
        {
            if (e is PostgresException) _reading.Answer();
            else if (failure.Reason == FailureReason.Timeout) failure = failure with { Message = Silence(share) };
            var lost = _settings.Tls.Certificate is null ? null : TlsFailures.OfLostRefusal(e);
            Note(host, _check?.Refusal ?? lost ?? failure, isTelling: true);
            _isOver = lost is not null || !GoesOn(e, failure);
        }

        connection?.Dispose();
        source.Dispose();
        return null;
    }

    /// <summary>The failure that is published is the last one that tells more than that a host was not the one that is looked for.</summary>
    void Note(ConnectionHost host, ProbeFailure failure, bool isTelling)
    {
        if (_settings.Hosts.Count == 1 && failure.Reason == FailureReason.Dns) failure = failure with { Message = $"{host}: {failure.Message}" };
        _said += _settings.Hosts.Count == 1 ? failure.Message : $"{(_said.Length > 0 ? "; " : "")}{host}: {failure.Message}";
        if (isTelling || _failure is null or { Reason: FailureReason.Busy }) _failure = failure;
    }

    /// <summary>What Npgsql says of it is how it noticed.</summary>
    string Silence(TimeSpan share) => _settings.ConnectTimeout is { } limit && limit < share
        ? string.Create(CultureInfo.InvariantCulture, $"no answer within {limit.TotalSeconds:0.#} s (connect_timeout)")
        : string.Create(CultureInfo.InvariantCulture, $"no answer within {share.TotalSeconds:0.#} s");

    /// <summary>
    /// How long this host may take. libpq waits for ever where there is no connect_timeout; here what is left is divided, so that the next host
    /// gets its chance. Npgsql counts in whole seconds.
    /// </summary>
    TimeSpan Share(TimeSpan left, int attempts)
    {
        if (attempts == 1) return left + Overtime;
        return _settings.ConnectTimeout < left ? left : TimeSpan.FromSeconds(Math.Max(1, Math.Round(left.TotalSeconds / attempts)));
    }

    // As psql 15 does, which the tests compare with: once a server has taken the connection, only its silence or "not now" sends libpq on.
    static bool GoesOn(Exception exception, ProbeFailure failure) => exception switch
    {
        PostgresException { SqlState: PostgresErrorCodes.CannotConnectNow } => true,
        PostgresException => false,
        { InnerException: SocketException } => true,
        _ => failure.Reason == FailureReason.Timeout,
    };
}
