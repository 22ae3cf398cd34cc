using BackupMetricsJob.Postgres;

namespace BackupMetricsJob.Catalog;

/// <summary>
/// Creates roles that may log in and have no password, so that nobody can until somebody sets one or pg_hba.conf admits them otherwise. A
/// role that exists is left as it is.
/// </summary>
internal static class CatalogRoles
{
    public const string Writer = "backup_writer";
    public const string Reader = "backup_reader";

    /// <summary>The reader of a server that is probed itself.</summary>
    public const string Monitor = "monitor";

    /// <returns>Those that were created.</returns>
    public static async Task<IReadOnlyList<string>> CreateAsync(
        CatalogSession session,
        IEnumerable<string?> roles,
        CancellationToken cancellationToken
    )
    {
        var created = new List<string>();
        foreach (var role in roles.OfType<string>().Distinct(StringComparer.Ordinal))
        {
            session.Step = $"creating the role \"{role}\"";
            await using var look = session.Command("SELECT count(*) FROM pg_roles WHERE rolname = $1", role);
            if ((long)(await look.ExecuteScalarAsync(cancellationToken))! > 0)
                continue;
            await session.ExecuteAsync($"CREATE ROLE {SqlText.Name(role)} LOGIN", cancellationToken);
            created.Add(role);
        }

        return created;
    }
}
