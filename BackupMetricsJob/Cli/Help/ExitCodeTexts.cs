namespace BackupMetricsJob.Cli.Help;

/// <summary>What the exit codes mean, as the help and the man page list them.</summary>
internal static class ExitCodeTexts
{
    public static IReadOnlyList<(string Code, string Meaning)> All { get; } =
    [
        ("0", "success"),
        ("1, 2", "findings: a warning, a critical one (show --fail-on)"),
        ("64", "a flag or its value is invalid"),
        (
            "65",
            "invalid input to import or record, nothing was written; or an import of run was refused, the rest was pushed; "
                + "or a drill could not restore the backup, or found a fault in it"
        ),
        ("69", "a database could not be probed; or a catalogue command could not use its database; or a drill ran out of time or space"),
        ("70", "a bug (--verbose shows where)"),
        ("74", "standard output, or the file of --textfile, could not be written"),
        ("75", "the push did not arrive: try again"),
        ("76", "a gateway refused the push: trying again does not help"),
        ("78", "an environment variable or a file is invalid; or a drill does not fit here, or was started as root"),
        ("143, 130, 129", "ended by SIGTERM, SIGINT, SIGHUP; a run pushes first"),
    ];
}
