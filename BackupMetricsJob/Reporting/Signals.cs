using System.Runtime.InteropServices;

namespace BackupMetricsJob.Reporting;

/// <summary>
/// SIGTERM and SIGINT. The first signal asks the run to end, which still pushes what it has. A second one ends the process at once.
/// </summary>
internal sealed class Signals : IDisposable
{
    readonly CancellationTokenSource _stop = new();
    readonly PosixSignalRegistration _terminate;
    readonly PosixSignalRegistration _interrupt;
    int _received;

    public Signals()
    {
        _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Receive(context, ExitCode.Terminated));
        _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => Receive(context, ExitCode.Interrupted));
    }

    public CancellationToken Stop => _stop.Token;

    /// <summary>143 or 130 after a signal.</summary>
    public ExitCode? Received => Volatile.Read(ref _received) is not 0 and var code ? (ExitCode)code : null;

    public void Dispose()
    {
        _terminate.Dispose();
        _interrupt.Dispose();
        _stop.Dispose();
    }

    void Receive(PosixSignalContext context, ExitCode code)
    {
        context.Cancel = true;
        if (Interlocked.CompareExchange(ref _received, (int)code, 0) != 0)
            Environment.Exit((int)code);
        _stop.Cancel();
    }
}
