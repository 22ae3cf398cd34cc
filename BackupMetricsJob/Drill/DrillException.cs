using System.Diagnostics.CodeAnalysis;

namespace BackupMetricsJob.Drill;

/// <summary>What a drill that failed says, and about whom.</summary>
internal enum DrillFault
{
    /// <summary>The backup: it is not there, could not be restored, or a check of it failed. Only this is a failed restore test.</summary>
    Backup,

    /// <summary>What the operator set or installed does not fit. Nothing is proved.</summary>
    Settings,

    /// <summary>The drill ran out of time or space. Nothing is proved.</summary>
    Means,
}

/// <summary>Why a drill failed, in words for a person. Caught in one place, <see cref="DrillRun"/>, which makes a value of it.</summary>
[SuppressMessage("Design", "CA1032", Justification = "It is only ever made with its message.")]
internal sealed class DrillException(string message, DrillFault fault = DrillFault.Backup) : Exception(message)
{
    public DrillFault Fault => fault;

    /// <summary>What the operator has to mend.</summary>
    public static DrillException OfSettings(string message) => new(message, DrillFault.Settings);

    /// <summary>What this user may not read says nothing about the backup. These are the words of the system, not of PostgreSQL.</summary>
    public static bool IsDenied(string words) => words.Contains("Permission denied", StringComparison.Ordinal);

    /// <summary>A program that cannot be run (126, 127 by a shell), or may not read the backup, says nothing about it.</summary>
    public static DrillException OfProgram(string name, int exitCode, string lastWords) =>
        new(
            string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{name} ended with {exitCode}")
                + (lastWords.Length > 0 ? ": " + lastWords : ""),
            exitCode is 126 or 127 || IsDenied(lastWords) ? DrillFault.Settings : DrillFault.Backup
        );
}
