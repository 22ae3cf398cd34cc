using System.Net.Sockets;
using System.Text;

namespace BackupMetricsJob.Schedule.Notify;

/// <summary>
/// Reports the service's state to systemd with the datagrams of sd_notify(3). Does nothing without systemd. Ignores send failures:
/// systemd's watchdog notices them.
/// </summary>
internal sealed class SystemdNotifier : IDisposable
{
    readonly Socket? _socket;
    readonly UnixDomainSocketEndPoint? _to;
    string _status = "";

    /// <param name="environment">NOTIFY_SOCKET is a path or, after an @, an abstract name; WATCHDOG_USEC applies only to the process
    /// WATCHDOG_PID.</param>
    /// <param name="process">This process's id.</param>
    public SystemdNotifier(IReadOnlyDictionary<string, string> environment, int process)
    {
        if (environment.GetValueOrDefault("NOTIFY_SOCKET") is not { Length: > 1 } name || name[0] is not ('/' or '@'))
            return;
        _to = new UnixDomainSocketEndPoint(name[0] == '@' ? "\0" + name[1..] : name);
        _socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { Blocking = false };
        var isForUs =
            environment.GetValueOrDefault("WATCHDOG_PID") is not { Length: > 0 } pid
            || pid == process.ToString(System.Globalization.CultureInfo.InvariantCulture);
        if (isForUs && long.TryParse(environment.GetValueOrDefault("WATCHDOG_USEC"), out var microseconds) && microseconds > 0)
            WatchdogInterval = TimeSpan.FromMicroseconds(microseconds) / 2;
    }

    /// <summary>How often systemd expects a ping; null for never.</summary>
    public TimeSpan? WatchdogInterval { get; }

    public void Ready(string status)
    {
        _status = status;
        Send("READY=1\nSTATUS=" + PlainText.OnOneLine(status));
    }

    /// <summary>A line for `systemctl status`; sent only if it changed.</summary>
    public void Status(string status)
    {
        if (status == _status)
            return;
        _status = status;
        Send("STATUS=" + PlainText.OnOneLine(status));
    }

    public void Alive() => Send("WATCHDOG=1");

    /// <param name="monotonicMicroseconds">CLOCK_MONOTONIC, by which systemd distinguishes reloads.</param>
    public void Reloading(long monotonicMicroseconds) =>
        Send(FormattableString.Invariant($"RELOADING=1\nMONOTONIC_USEC={monotonicMicroseconds}"));

    public void Stopping(string status) => Send("STOPPING=1\nSTATUS=" + PlainText.OnOneLine(status));

    /// <summary>Extends the time for stopping.</summary>
    public void ExtendTimeout(TimeSpan by) => Send(FormattableString.Invariant($"EXTEND_TIMEOUT_USEC={(long)by.TotalMicroseconds}"));

    public void Dispose() => _socket?.Dispose();

    void Send(string state)
    {
        try
        {
            _socket?.SendTo(Encoding.UTF8.GetBytes(state), _to!);
        }
        catch (SocketException)
        {
            // The socket is closed or its queue is full.
        }
    }
}
