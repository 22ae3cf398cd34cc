using System.Runtime.InteropServices;

namespace BackupMetricsJob.Reporting;

/// <summary>
/// Handles SIGTERM, SIGINT, and SIGHUP (such as a closed terminal). The first signal asks the command to end; it still pushes what it has.
/// A second signal ends the process at once, except SIGHUP: on a closed terminal it arrives twice, from the shell and from the kernel.
/// </summary>
internal sealed class Signals : IDisposable
{
    readonly CancellationTokenSource _stop = new();
    readonly PosixSignalRegistration _terminate;
    readonly PosixSignalRegistration _interrupt;
    readonly PosixSignalRegistration _hangUp;
    int _received;

    public Signals()
    {
        _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Receive(context, ExitCode.Terminated));
        _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => Receive(context, ExitCode.Interrupted));
        _hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context => Receive(context, ExitCode.HungUp));
    }

    public CancellationToken Stop => _stop.Token;

    /// <summary>143, 130 or 129 after a signal.</summary>
    public ExitCode? Received => Volatile.Read(ref _received) is not 0 and var code ? (ExitCode)code : null;

    /// <summary>For a daemon, which gives SIGHUP another meaning and already handles it.</summary>
    public void ReleaseHangUp() => _hangUp.Dispose();

    public void Dispose()
    {
        _hangUp.Dispose();
        _terminate.Dispose();
        _interrupt.Dispose();
        _stop.Dispose();
    }

    void Receive(PosixSignalContext context, ExitCode code)
    {
        context.Cancel = true;
        if (Interlocked.CompareExchange(ref _received, (int)code, 0) != 0 && code != ExitCode.HungUp)
            Environment.Exit((int)code);
        _stop.Cancel();
    }
}
