using System.Runtime.InteropServices;

namespace BackupMetricsJob.Cli;

/// <summary>
/// SIGTERM and SIGINT: the first asks the run to end, which then still pushes what it knows; a second one ends the process at once.
/// </summary>
internal sealed class Signals : IDisposable
{
    readonly CancellationTokenSource _stop = new();
    readonly PosixSignalRegistration _terminate;
    readonly PosixSignalRegistration _interrupt;
    ExitCode? _received;

    public Signals()
    {
        _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Receive(context, ExitCode.Terminated));
        _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => Receive(context, ExitCode.Interrupted));
    }

    public CancellationToken Stop => _stop.Token;

    /// <summary>143 or 130 once a signal came.</summary>
    public ExitCode? Received => _received;

    public void Dispose()
    {
        _terminate.Dispose();
        _interrupt.Dispose();
        _stop.Dispose();
    }

    void Receive(PosixSignalContext context, ExitCode code)
    {
        context.Cancel = true;
        if (_received is not null) Environment.Exit((int)code);
        _received = code;
        _stop.Cancel();
    }
}
