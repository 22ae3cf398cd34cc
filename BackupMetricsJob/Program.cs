using BackupMetricsJob.Cli;
using BackupMetricsJob.Schedule.Hosting;

return Entry.Run(args, (terminal, build) => CommandLine.Run(args, terminal, build, ScheduleCommand.Create(terminal, build)));
