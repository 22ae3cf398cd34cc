using System.Data.Common;

namespace BackupMetricsJob.Postgres;

/// <summary>Values of a reader's current row by column name.</summary>
internal static class NamedColumns
{
    public static bool IsNull(this DbDataReader row, string column) => row.IsDBNull(row.GetOrdinal(column));

    public static string Text(this DbDataReader row, string column) => row.GetString(row.GetOrdinal(column));

    public static string? TextOrNull(this DbDataReader row, string column) =>
        row.GetOrdinal(column) is var at && row.IsDBNull(at) ? null : row.GetString(at);

    public static int Integer(this DbDataReader row, string column) => row.GetInt32(row.GetOrdinal(column));

    public static int? IntegerOrNull(this DbDataReader row, string column) =>
        row.GetOrdinal(column) is var at && row.IsDBNull(at) ? null : row.GetInt32(at);

    public static long Long(this DbDataReader row, string column) => row.GetInt64(row.GetOrdinal(column));

    public static long? LongOrNull(this DbDataReader row, string column) =>
        row.GetOrdinal(column) is var at && row.IsDBNull(at) ? null : row.GetInt64(at);

    public static double Number(this DbDataReader row, string column) => row.GetDouble(row.GetOrdinal(column));

    public static double? NumberOrNull(this DbDataReader row, string column) =>
        row.GetOrdinal(column) is var at && row.IsDBNull(at) ? null : row.GetDouble(at);

    public static bool Flag(this DbDataReader row, string column) => row.GetBoolean(row.GetOrdinal(column));

    public static bool? FlagOrNull(this DbDataReader row, string column) =>
        row.GetOrdinal(column) is var at && row.IsDBNull(at) ? null : row.GetBoolean(at);

    /// <summary>Seconds since 1970 as float8.</summary>
    /// <param name="what">A description of the time for messages; null to use the column's name.</param>
    /// <exception cref="BadDataException">It is no time that can be.</exception>
    public static DateTimeOffset Time(this DbDataReader row, string column, string? what = null) =>
        UnixTime.FromSeconds(row.Number(column), what ?? column);

    /// <summary>Seconds since 1970 as float8, or null.</summary>
    /// <exception cref="BadDataException">It is no time that can be.</exception>
    public static DateTimeOffset? TimeOrNull(this DbDataReader row, string column, string? what = null) =>
        row.NumberOrNull(column) is { } seconds ? UnixTime.FromSeconds(seconds, what ?? column) : null;
}
