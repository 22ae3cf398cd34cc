using System.Data.Common;

namespace BackupMetricsJob.Postgres;

/// <summary>Values of the row that a reader is at, by the names of their columns.</summary>
internal static class NamedColumns
{
    public static bool IsNull(this DbDataReader row, string column) => row.IsDBNull(row.GetOrdinal(column));

    public static string Text(this DbDataReader row, string column) => row.GetString(row.GetOrdinal(column));

    public static string? TextOrNull(this DbDataReader row, string column) => row.TextOrNull(row.GetOrdinal(column));

    public static long Long(this DbDataReader row, string column) => row.GetInt64(row.GetOrdinal(column));

    public static long? LongOrNull(this DbDataReader row, string column) => row.LongOrNull(row.GetOrdinal(column));

    public static int? IntegerOrNull(this DbDataReader row, string column) =>
        row.GetOrdinal(column) is var at && row.IsDBNull(at) ? null : row.GetInt32(at);

    public static bool? FlagOrNull(this DbDataReader row, string column) =>
        row.GetOrdinal(column) is var at && row.IsDBNull(at) ? null : row.GetBoolean(at);

    public static double? NumberOrNull(this DbDataReader row, string column) =>
        row.GetOrdinal(column) is var at && row.IsDBNull(at) ? null : row.GetDouble(at);

    /// <exception cref="BadDataException">It is no time that can be.</exception>
    public static DateTimeOffset Time(this DbDataReader row, string column) => row.Time(row.GetOrdinal(column), column);

    /// <exception cref="BadDataException">It is no time that can be.</exception>
    public static DateTimeOffset? TimeOrNull(this DbDataReader row, string column) => row.TimeOrNull(row.GetOrdinal(column), column);
}
