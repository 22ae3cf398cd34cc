using System.Diagnostics.CodeAnalysis;

namespace BackupMetricsJob.Postgres;

/// <summary>An impossible value from a database: infinite or out of the range of dates. Reported as bad_data.</summary>
[SuppressMessage("Design", "CA1032", Justification = "Thrown in one place, with what it needs to say.")]
internal sealed class BadDataException(string message) : Exception(message);

/// <summary>Seconds since 1970, to the microsecond.</summary>
internal static class UnixTime
{
    // The end of year 9999, the limit of DateTimeOffset.
    const double Last = 253402300799;

    /// <summary>Whether these seconds since 1970 are a valid time.</summary>
    public static bool IsTime(double seconds) => seconds is >= 0 and <= Last;

    public static DateTimeOffset FromSeconds(double seconds, string what) =>
        IsTime(seconds)
            ? DateTimeOffset.UnixEpoch.AddTicks((long)Math.Round(seconds * 1_000_000) * TimeSpan.TicksPerMicrosecond)
            : throw new BadDataException($"{what} is not a time: {seconds} seconds since 1970");
}
