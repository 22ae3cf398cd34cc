using BackupMetricsJob.Configuration;
using BackupMetricsJob.Reporting;
using BackupMetricsJob.Schedule.Reporting;
using BackupMetricsJob.Schedule.State;

namespace BackupMetricsJob.Schedule.Options;

/// <summary>Reads all settings anew. Null, and what is wrong, if something is.</summary>
internal delegate IReadOnlyList<Problem> ReadOptions(out ScheduleOptions? options);

/// <summary>
/// The settings that are in use: those that were last read without a problem. They are read before every run, so a rotated secret and a
/// changed file count from the next run on; what is wrong with them is told, and the last good ones stay. What somebody should know of them
/// is told once.
/// </summary>
internal sealed class CurrentOptions(ScheduleOptions first, ReadOptions read, ScheduleState state, ScheduleLog log, TimeProvider time)
{
    readonly Lock _lock = new();
    List<string> _warnings = [];
    ScheduleOptions _current = first with { Job = first.Job with { LastReloadSuccessful = true } };

    public ScheduleOptions Current => Volatile.Read(ref _current);

    /// <summary>Reads them, and gives those that are good; the last good ones if these are not.</summary>
    /// <param name="isAsked">Whether somebody asked for it: then all is told that they should know, also what was told before.</param>
    public ScheduleOptions Reload(bool isAsked = false)
    {
        lock (_lock)
        {
            var problems = read(out var options);
            var failed = options is null;
            var recovered = !failed && state.Now.ReloadFailure is not null;
            var next = options ?? _current;
            Volatile.Write(ref _current, next with { Job = next.Job with { LastReloadSuccessful = !failed } });
            state.Set(now =>
                now with
                {
                    ReloadFailure = failed ? new(time.GetUtcNow(), [.. problems.Select(problem => problem.Text)]) : null,
                }
            );
            foreach (var problem in problems)
                log.Error("reload", "the settings could not be read again, the last good ones stay: " + problem.Text);
            if (recovered)
                log.Info("reload", "the settings could be read again, and are in use");
            if (isAsked)
                _warnings = [];
            if (!failed)
                LogWarnings();
            return _current;
        }
    }

    /// <summary>Tells what somebody should know of the settings in use and was not told before.</summary>
    public void LogWarnings()
    {
        lock (_lock)
        {
            var warnings = Problems.Warnings(_current.Job);
            foreach (var warning in warnings)
            {
                if (!_warnings.Contains(warning))
                    log.Warn("settings", warning);
            }

            _warnings = warnings;
        }
    }
}
