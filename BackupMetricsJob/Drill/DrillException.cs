using System.Diagnostics.CodeAnalysis;

namespace BackupMetricsJob.Drill;

/// <summary>Why a drill failed, in words for a person. Caught in one place, <see cref="DrillRun"/>, which makes a value of it.</summary>
[SuppressMessage("Design", "CA1032", Justification = "It is only ever made with its message.")]
internal sealed class DrillException(string message) : Exception(message);
