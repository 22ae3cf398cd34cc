using System.Text.RegularExpressions;
using Npgsql;

namespace BackupMetricsJob.Postgres;

/// <summary>Finds the GRANT that resolves PostgreSQL's "permission denied".</summary>
internal static partial class MissingGrant
{
    /// <summary>
    /// Null if no single privilege is missing, or the message is in another language. The names are from our own queries.
    /// </summary>
    public static string? For(PostgresException refused, string role)
    {
        if (
            refused.SqlState != PostgresErrorCodes.InsufficientPrivilege
            || Denied().Match(refused.MessageText) is not { Success: true } denied
        )
            return null;
        var name = denied.Groups["name"].Value;
        return denied.Groups["kind"].Value switch
        {
            "function" => $"GRANT EXECUTE ON FUNCTION pg_catalog.{name} TO {role};",
            "database" => $"GRANT CONNECT ON DATABASE {name} TO {role};",
            "schema" => $"GRANT USAGE ON SCHEMA {name} TO {role};",
            _ => $"GRANT SELECT ON pg_catalog.{name} TO {role};",
        };
    }

    [GeneratedRegex("^permission denied for (?<kind>function|view|table|relation|schema|database) (?<name>[a-z_0-9]+|\"[^\"]+\")$")]
    private static partial Regex Denied();
}
