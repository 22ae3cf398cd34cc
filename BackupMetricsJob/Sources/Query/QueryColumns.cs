using BackupMetricsJob.Postgres;
using Npgsql;

namespace BackupMetricsJob.Sources.Query;

/// <summary>The columns of the user's query by name, with verified types.</summary>
internal sealed class QueryColumns
{
    const string Names = "server, tool, type, finished_at, age_seconds, started_at, size_bytes, stored_bytes, state, backup_id, wal";

    // Microseconds from 1970 to 2000, PostgreSQL's epoch.
    const long Epoch2000 = 946_684_800_000_000;

    readonly Dictionary<string, int> _ordinals = new(StringComparer.Ordinal);

    /// <summary>Null, and a problem, if a column is unknown, missing, duplicated or of a wrong type.</summary>
    public static QueryColumns? Read(NpgsqlDataReader reader, out string? problem)
    {
        var columns = new QueryColumns();
        for (var i = 0; i < reader.FieldCount; i++)
        {
            var name = reader.GetName(i);
            problem =
                Expected(name) is not { } expected ? $"column {name} means nothing here: the columns are {Names}"
                : !columns._ordinals.TryAdd(name, i) ? $"column {name} is there twice"
                : !expected.Types.Contains(reader.GetPostgresType(i).InternalName)
                    ? $"column {name} is of type {reader.GetDataTypeName(i)}: it must be {expected.Words}"
                : null;
            if (problem is not null)
                return null;
        }

        problem =
            !columns.Has("type") ? "there is no column type"
            : !columns.Has("finished_at") && !columns.Has("age_seconds") ? "there is neither a column finished_at nor one age_seconds"
            : null;
        return problem is null ? columns : null;
    }

    public bool Has(string column) => _ordinals.ContainsKey(column);

    public string? Text(NpgsqlDataReader reader, string column) => IsNull(reader, column, out var at) ? null : reader.GetString(at);

    /// <exception cref="BadDataException">The time is infinite or out of range.</exception>
    public DateTimeOffset? Time(NpgsqlDataReader reader, string column)
    {
        if (IsNull(reader, column, out var at))
            return null;
        var since2000 = reader.GetFieldValue<long>(at);
        return since2000 is long.MaxValue or long.MinValue
            ? throw new BadDataException($"{column} is infinite")
            : UnixTime.FromSeconds((since2000 + (double)Epoch2000) / 1_000_000, column);
    }

    /// <exception cref="BadDataException">The value is not a number.</exception>
    public double? Number(NpgsqlDataReader reader, string column)
    {
        if (IsNull(reader, column, out var at))
            return null;
        try
        {
            var value = Convert.ToDouble(reader.GetValue(at), System.Globalization.CultureInfo.InvariantCulture);
            return double.IsFinite(value) ? value : throw new BadDataException($"{column} is {value}");
        }
        catch (Exception e) when (e is OverflowException or InvalidCastException)
        {
            throw new BadDataException($"{column} is not a number that can be: {e.Message}");
        }
    }

    bool IsNull(NpgsqlDataReader reader, string column, out int at) => !_ordinals.TryGetValue(column, out at) || reader.IsDBNull(at);

    static (string[] Types, string Words)? Expected(string column) =>
        column switch
        {
            "server" or "tool" or "type" or "state" or "backup_id" or "wal" => (["text", "varchar", "bpchar", "name"], "text"),
            "finished_at" or "started_at" => (["timestamptz"], "timestamp with time zone"),
            "age_seconds" => (["int2", "int4", "int8", "float4", "float8", "numeric"], "a number"),
            "size_bytes" or "stored_bytes" => (["int2", "int4", "int8", "numeric"], "a whole number (bigint)"),
            _ => null,
        };
}
