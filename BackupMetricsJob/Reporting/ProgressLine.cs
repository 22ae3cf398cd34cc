using System.Globalization;
using BackupMetricsJob.Configuration;
using BackupMetricsJob.Running;

namespace BackupMetricsJob.Reporting;

/// <summary>
/// Shows the progress of a run that takes longer than a second, on one line of the terminal. Dispose clears the line. A timer updates it,
/// so that a run that hangs is shown, too.
/// </summary>
internal sealed class ProgressLine : IDisposable
{
    static readonly TimeSpan FirstDelay = TimeSpan.FromSeconds(1);
    static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    const string ClearLine = "\r\u001b[K";

    readonly Lock _gate = new();
    readonly RunProgress _progress;
    readonly TextWriter _to;
    readonly Timer _timer;
    string _shown = "";
    bool _isOver;

    public ProgressLine(RunProgress progress, TextWriter to)
    {
        (_progress, _to) = (progress, to);
        _timer = new(_ => Show(), null, FirstDelay, Interval);
    }

    /// <summary>Null unless standard error is a terminal that can rewrite a line, and the report is not JSON.</summary>
    /// <param name="progress">The run updates it; null if there is no progress line.</param>
    public static ProgressLine? Start(ProcessContext context, OutputOptions output, out RunProgress? progress)
    {
        var isWanted =
            context.IsInteractive
            && !output.Quiet
            && output.LogFormat == LogFormat.Text
            && context.Environment.GetValueOrDefault("TERM") is { Length: > 0 } and not "dumb";
        progress = isWanted ? new(context.Time) : null;
        return progress is null ? null : new(progress, context.Error);
    }

    /// <summary>At most 80 characters.</summary>
    public static string Text(RunState state, TimeSpan left)
    {
        var seconds = string.Create(CultureInfo.InvariantCulture, $"{Math.Ceiling(left.TotalSeconds):0} s");
        return state.Stage switch
        {
            RunStage.Waiting => $"waiting for {seconds} (--splay)",
            RunStage.Importing => $"importing, at most {seconds} left",
            RunStage.Pushing => $"pushing, at most {seconds} left",
            _ => $"{state.Done} of {state.Targets} done, {state.Failed} failed, at most {seconds} left",
        };
    }

    public void Dispose()
    {
        _timer.Dispose();
        lock (_gate)
        {
            _isOver = true;
            if (_shown.Length > 0)
                _to.Write(ClearLine);
        }
    }

    void Show()
    {
        lock (_gate)
        {
            var text = Text(_progress.Now, _progress.Left);
            if (_isOver || text == _shown)
                return;
            _to.Write("\r" + text + "\u001b[K");
            _shown = text;
        }
    }
}
