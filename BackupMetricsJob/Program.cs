using BackupMetricsJob.Cli;

return Entry.Run(args, (terminal, build) => CommandLine.Run(args, terminal, build));
