using BackupMetricsJob.Postgres;

namespace BackupMetricsJob.Catalog;

/// <summary>
/// Creates login roles without a password. Nobody can log in until somebody sets a password or pg_hba.conf admits the role otherwise. An
/// existing role is not changed.
/// </summary>
internal static class CatalogRoles
{
    public const string Writer = "backup_writer";
    public const string Reader = "backup_reader";

    /// <summary>The role that probes a server.</summary>
    public const string Monitor = "monitor";

    /// <returns>The created roles.</returns>
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
