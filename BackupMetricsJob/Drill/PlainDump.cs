using System.Text;
using System.Text.RegularExpressions;

namespace BackupMetricsJob.Drill;

/// <summary>What a plain text dump expects from the cluster that it is loaded into. Names are spelled as in the dump.</summary>
/// <param name="Roles">The roles that own objects or have privileges, except those of a new cluster.</param>
/// <param name="Tablespaces">The tablespaces in use.</param>
/// <param name="Database">The database that the dump creates itself (--create); null if it creates none.</param>
/// <param name="DropsDatabase">Whether the dump first drops that database, and fails if there is none (--clean).</param>
internal sealed partial record PlainDump(
    IReadOnlyCollection<string> Roles,
    IReadOnlyCollection<string> Tablespaces,
    string? Database,
    bool DropsDatabase
)
{
    public static PlainDump Empty { get; } = new([], [], null, false);

    /// <exception cref="DrillException">The dump cannot be loaded into a new cluster.</exception>
    public static async Task<PlainDump> ReadAsync(string file, string superuser, CancellationToken cancellationToken)
    {
        var (roles, tablespaces) = (new HashSet<string>(StringComparer.Ordinal), new HashSet<string>(StringComparer.Ordinal));
        var (database, drops, isData, isHead) = ((string?)null, false, false, true);
        await foreach (var line in File.ReadLinesAsync(file, new UTF8Encoding(false), cancellationToken))
        {
            // Table data may look like anything.
            if (isData)
                isData = line != "\\.";
            else if (line.StartsWith("COPY ", StringComparison.Ordinal) && line.EndsWith(" FROM stdin;", StringComparison.Ordinal))
                isData = true;
            else if (line == "-- PostgreSQL database cluster dump")
                throw DrillException.OfSettings("it was made by pg_dumpall, which a drill cannot load: dump each database with pg_dump");
            else if (RoleName().Match(line) is { Success: true } role)
                roles.Add(role.Groups[1].Value);
            else if (TablespaceName().Match(line) is { Success: true } tablespace)
                tablespaces.Add(tablespace.Groups[1].Value);
            else if (isHead && CreatedDatabase().Match(line) is { Success: true } created)
                database = created.Groups[1].Value;
            else if (isHead && line.StartsWith("DROP DATABASE ", StringComparison.Ordinal))
                drops = !line.StartsWith("DROP DATABASE IF EXISTS ", StringComparison.Ordinal);
            else if (isHead && Drops().IsMatch(line))
                throw DrillException.OfSettings(
                    $"it was made by pg_dump --clean without --if-exists, so in an empty database it fails at its own \"{line}\": make it "
                        + "without --clean, or with --if-exists, or as --format=custom"
                );

            // The text of a function may look like anything, too. But all drops precede the first CREATE.
            isHead &= !line.StartsWith("CREATE ", StringComparison.Ordinal);
        }

        roles.RemoveWhere(role =>
            role is "PUBLIC" or "CURRENT_USER" or "SESSION_USER"
            || role.Trim('"') == superuser
            || role.StartsWith("pg_", StringComparison.Ordinal)
        );
        return new(roles, tablespaces, database, drops);
    }

    /// <summary>The name that an SQL identifier stands for.</summary>
    public static string Unquoted(string identifier) =>
        identifier.StartsWith('"') ? identifier[1..^1].Replace("\"\"", "\"", StringComparison.Ordinal) : identifier;

    [GeneratedRegex(@"^SET default_tablespace = (""(?:[^""]|"""")+""|[a-z_][a-z_0-9$]*);$")]
    private static partial Regex TablespaceName();

    [GeneratedRegex(@"^(?:ALTER .* OWNER TO|GRANT .* TO|REVOKE .* FROM) (""(?:[^""]|"""")+""|[a-z_0-9$]+|PUBLIC)(?: WITH GRANT OPTION)?;$")]
    private static partial Regex RoleName();

    [GeneratedRegex(@"^CREATE DATABASE (""(?:[^""]|"""")+""|[a-z_][a-z_0-9$]*)[ ;]")]
    private static partial Regex CreatedDatabase();

    [GeneratedRegex("^(?:DROP|ALTER TABLE .* DROP) (?!.*IF EXISTS)")]
    private static partial Regex Drops();
}
