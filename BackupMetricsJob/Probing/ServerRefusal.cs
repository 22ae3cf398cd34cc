using System.Text.RegularExpressions;
using BackupMetricsJob.Backups;
using Npgsql;

namespace BackupMetricsJob.Probing;

/// <summary>A query of the source "server" that the server refuses: what that means, and the GRANT that helps where it is one.</summary>
internal static partial class ServerRefusal
{
    /// <summary>Whether nothing more can be asked: the session is over, or the time is.</summary>
    public static bool IsOfAll(PostgresException refused) => refused is not { InvariantSeverity: "ERROR", SqlState: not ("57014" or "55P03") };

    public static ProbeFailure OfArchiver(PostgresException refused, string role)
    {
        var failure = ProbeFailures.Of(refused)!;
        return failure with { Message = "the archiver cannot be asked for: " + failure.Message, Do = Grant(refused, role) };
    }

    public static ProbeFailure OfWal(PostgresException refused, string role)
    {
        var failure = ProbeFailures.Of(refused)!;
        return failure with
        {
            Message = "pg_wal cannot be looked into: " + failure.Message,
            Do = Grant(refused, role) is { } grant ? $"{grant} -- {MissingRights.Accept}" : $"Mend that at the server; {MissingRights.Accept}.",
        };
    }

    /// <summary>Null where no single right is missing, or the message is in another language. The names are those of our own queries.</summary>
    public static string? Grant(PostgresException refused, string role)
    {
        if (refused.SqlState != PostgresErrorCodes.InsufficientPrivilege || Denied().Match(refused.MessageText) is not { Success: true } denied) return null;
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
