using System.Text;

namespace BackupMetricsJob.Postgres;

/// <summary>Loads queries from *.sql files, which are embedded in the assembly under their own names, and quotes names in SQL.</summary>
internal static class SqlText
{
    /// <summary>Quotes the name of a role or another object.</summary>
    public static string Name(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    /// <summary>The text of <paramref name="name"/>.sql; throws if it is missing, which is a bug.</summary>
    public static string Load(string name)
    {
        using var stream =
            typeof(SqlText).Assembly.GetManifestResourceStream(name + ".sql")
            ?? throw new InvalidOperationException($"The query {name}.sql is not embedded in the assembly.");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return Encoding.UTF8.GetString(bytes);
    }
}
