using BackupMetricsJob.Configuration;
using BackupMetricsJob.Schedule.Reporting;
using BackupMetricsJob.Schedule.State;

namespace BackupMetricsJob.Schedule.Options;

/// <summary>Reads all settings anew. Null, and what is wrong, if something is.</summary>
internal delegate IReadOnlyList<Problem> ReadOptions(out ScheduleOptions? options);

/// <summary>
/// The settings that are in use: those that were last read without a problem. They are read before every run, so a rotated secret and a changed
/// file count from the next run on; what is wrong with them is told, and the last good ones stay.
/// </summary>
internal sealed class GoodOptions(ScheduleOptions first, ReadOptions read, ScheduleState state, ScheduleLog log, TimeProvider time)
{
    readonly Lock _lock = new();
    ScheduleOptions _current = first with { Job = first.Job with { LastReloadSuccessful = true } };

    public ScheduleOptions Current => Volatile.Read(ref _current);

    /// <summary>Reads them, and gives those that are good; the last good ones if these are not.</summary>
    public ScheduleOptions Again()
    {
        lock (_lock)
        {
            var problems = read(out var options);
            var failed = options is null;
            var recovered = !failed && state.Now.ReloadFailure is not null;
            var next = options ?? _current;
            Volatile.Write(ref _current, next with { Job = next.Job with { LastReloadSuccessful = !failed } });
            state.Set(now => now with { ReloadFailure = failed ? new(time.GetUtcNow(), [.. problems.Select(problem => problem.Message)]) : null });
            foreach (var problem in problems) log.Error("reload", "the settings could not be read again, the last good ones stay: " + problem.Message);
            if (recovered) log.Info("reload", "the settings could be read again, and are in use");
            return _current;
        }
    }
}
