namespace BackupMetricsJob.Cli;

/// <summary>Where the program writes: standard output has only what was asked for, everything else goes to standard error.</summary>
internal sealed record Terminal(Stream Output, TextWriter Error, IReadOnlyDictionary<string, string> Environment, TimeProvider Time);
