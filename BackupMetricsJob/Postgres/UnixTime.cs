using System.Data.Common;
using System.Diagnostics.CodeAnalysis;

namespace BackupMetricsJob.Postgres;

/// <summary>
/// A value that a database gave and that cannot be one: infinite, or out of the range of dates. It is reported as bad_data.
/// </summary>
[SuppressMessage("Design", "CA1032", Justification = "Thrown in one place, with what it needs to say.")]
internal sealed class BadDataException(string message) : Exception(message);

/// <summary>Reads columns that hold seconds since 1970 as float8, to the microsecond.</summary>
internal static class UnixTime
{
    // Year 9999: what DateTimeOffset can hold.
    const double Last = 253402300799;

    public static DateTimeOffset Time(this DbDataReader reader, int column, string what) => FromSeconds(reader.GetDouble(column), what);

    public static DateTimeOffset? TimeOrNull(this DbDataReader reader, int column, string what) =>
        reader.IsDBNull(column) ? null : FromSeconds(reader.GetDouble(column), what);

    public static long? LongOrNull(this DbDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetInt64(column);

    public static string? TextOrNull(this DbDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    /// <summary>Whether these are seconds since 1970 that a date can be made of.</summary>
    public static bool IsTime(double seconds) => seconds is >= 0 and <= Last;

    public static DateTimeOffset FromSeconds(double seconds, string what) =>
        IsTime(seconds)
            ? DateTimeOffset.UnixEpoch.AddTicks((long)Math.Round(seconds * 1_000_000) * TimeSpan.TicksPerMicrosecond)
            : throw new BadDataException($"{what} is not a time: {seconds} seconds since 1970");
}
