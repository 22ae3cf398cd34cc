using System.Text;

namespace BackupMetricsJob.Postgres;

/// <summary>The queries that stand as files in Sql/, embedded in the assembly under their own names.</summary>
internal static class SqlText
{
    /// <summary>The text of Sql/<paramref name="name"/>.sql; a missing file is a bug, and throws.</summary>
    public static string Of(string name)
    {
        using var stream = typeof(SqlText).Assembly.GetManifestResourceStream(name + ".sql")
            ?? throw new InvalidOperationException($"The query {name}.sql is not embedded in the assembly.");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return Encoding.UTF8.GetString(bytes);
    }
}
