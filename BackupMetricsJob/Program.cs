using BackupMetricsJob.Cli;

// First of all, since everything else is meanwhile.
if (args is ["run" or "show", ..]) Rehearsal.Start(pushes: args[0] == "run");
return Entry.Run(args, (terminal, build) => CommandLine.Run(args, terminal, build));
