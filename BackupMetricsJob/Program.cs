using BackupMetricsJob.Cli;

// First of all, since everything else is meanwhile.
using var rehearsal = args is ["run" or "show", ..] ? Rehearsal.Begin(pushes: args[0] == "run") : null;
return Entry.Run(args, (terminal, build) => CommandLine.Run(args, terminal, build));
