using System.Text;

namespace BackupMetricsJob.Postgres;

/// <summary>
/// The queries that stand as *.sql files beside their readers, embedded in the assembly under their own names; and names in SQL.
/// </summary>
internal static class SqlText
{
    /// <summary>The name of a role or of another object as SQL has it: in quotation marks, whatever is in it.</summary>
    public static string Name(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    /// <summary>The text of <paramref name="name"/>.sql; a missing file is a bug, and throws.</summary>
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
