using BackupMetricsJob.Cli;
using BackupMetricsJob.Schedule.Hosting;

return Entry.Run(args, (terminal, build) =>
{
    // The daemon's threads write lines of their own beside those of a run.
    return ScheduleProgram.Run(args, terminal with { Error = TextWriter.Synchronized(terminal.Error), IsWatched = false }, build);
});
