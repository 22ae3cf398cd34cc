using BackupMetricsJob.Cli;

return EntryPoint.Run(args);
