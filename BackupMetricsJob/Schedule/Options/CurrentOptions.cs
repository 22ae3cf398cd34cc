using BackupMetricsJob.Configuration;
using BackupMetricsJob.Reporting;
using BackupMetricsJob.Schedule.Reporting;
using BackupMetricsJob.Schedule.State;

namespace BackupMetricsJob.Schedule.Options;

/// <summary>Reads all settings. Null options if there is a problem.</summary>
internal delegate IReadOnlyList<Problem> ReadOptions(out ScheduleOptions? options);

/// <summary>
/// The settings in use: the last valid ones. They are reloaded before every run, so rotated secrets and changed files apply to the next
/// run. If they are invalid, the problems are logged and the last valid ones stay in use. Warnings are logged once.
/// </summary>
internal sealed class CurrentOptions(ScheduleOptions first, ReadOptions read, ScheduleState state, ScheduleLog log, TimeProvider time)
{
    readonly Lock _lock = new();
    List<string> _warnings = [];
    ScheduleOptions _current = first with { Job = first.Job with { LastReloadSuccessful = true } };

    public ScheduleOptions Current => Volatile.Read(ref _current);

    /// <summary>Reloads the settings and returns those in use.</summary>
    /// <param name="isAsked">Whether a user requested it: then all warnings are logged again.</param>
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
                log.Error("reload", "the settings could not be reloaded and the last valid ones stay in use: " + problem.Text);
            if (recovered)
                log.Info("reload", "the settings are valid again and in use");
            if (isAsked)
                _warnings = [];
            if (!failed)
                LogWarnings();
            return _current;
        }
    }

    /// <summary>Logs the new warnings about the settings in use.</summary>
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
