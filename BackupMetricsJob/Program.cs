using BackupMetricsJob.Cli;

return EntryPoint.Run(args, (context, build) => CommandLine.Run(args, context, build));
