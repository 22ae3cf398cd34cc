using System.Diagnostics.CodeAnalysis;

namespace BackupMetricsJob.Drill;

/// <summary>What a failed drill is attributed to.</summary>
internal enum DrillFault
{
    /// <summary>The backup: it is missing, could not be restored, or a check of it failed. Only this is a failed restore test.</summary>
    Backup,

    /// <summary>The operator's settings or installation are wrong. Nothing is proved.</summary>
    Settings,

    /// <summary>The drill ran out of time or space. Nothing is proved.</summary>
    Means,
}

/// <summary>Why a drill failed, for a person. Caught only in <see cref="DrillRun"/>, which converts it to a value.</summary>
[SuppressMessage("Design", "CA1032", Justification = "It is only ever made with its message.")]
internal sealed class DrillException(string message, DrillFault fault = DrillFault.Backup) : Exception(message)
{
    public DrillFault Fault => fault;

    /// <summary>A failure that the operator has to fix.</summary>
    public static DrillException OfSettings(string message) => new(message, DrillFault.Settings);

    /// <summary>
    /// Whether the system denied access, which says nothing about the backup. This is the system's message, not PostgreSQL's.
    /// </summary>
    public static bool IsDenied(string words) => words.Contains("Permission denied", StringComparison.Ordinal);

    /// <summary>
    /// The failure of a program. One that cannot be run (a shell's 126 or 127), or that may not read the backup, says nothing about the
    /// backup.
    /// </summary>
    public static DrillException OfProgram(string name, int exitCode, string lastWords) =>
        new(
            string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{name} ended with {exitCode}")
                + (lastWords.Length > 0 ? ": " + lastWords : ""),
            exitCode is 126 or 127 || IsDenied(lastWords) ? DrillFault.Settings : DrillFault.Backup
        );
}
