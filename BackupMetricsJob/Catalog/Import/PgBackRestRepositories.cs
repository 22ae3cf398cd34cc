using System.Globalization;
using BackupMetricsJob.Backups;

namespace BackupMetricsJob.Catalog.Import;

/// <summary>The repositories of a stanza in the output of `pgbackrest info`, and whether the stanza as a whole has an error.</summary>
internal static class PgBackRestRepositories
{
    const string Ciphertext =
        "what follows is no text: the repository is encrypted, and repo-cipher-pass is not the passphrase that it was created with";

    public static string Storage(long repository) => string.Create(CultureInfo.InvariantCulture, $"repo{repository}");

    /// <summary>Empty before 2.32, and if none could be read.</summary>
    /// <param name="listed">The objects under "repo".</param>
    /// <param name="archives">The objects under "archive", one for each database that the stanza has ever had.</param>
    public static IReadOnlyList<ListedRepository> Read(IEnumerable<Fields> listed, IEnumerable<Fields> archives)
    {
        var ranges = new Dictionary<long, (long Database, string? First, string? Last)>();
        foreach (var archive in archives)
        {
            var (repository, database) = (archive.Count("database.repo-key") ?? 1, archive.Count("database.id") ?? 0);
            if (!ranges.TryGetValue(repository, out var known) || database >= known.Database)
                ranges[repository] = (database, archive.Wal("min"), archive.Wal("max"));
        }

        return
        [
            .. listed.Select(repository =>
            {
                var key = repository.Count("key") ?? 1;
                var (_, first, last) = ranges.GetValueOrDefault(key);
                return new ListedRepository(Storage(key), Error(repository)) { FirstWal = first, LastWal = last };
            }),
        ];
    }

    /// <summary>Why the stanza's list cannot be trusted at all; null if at least one of its repositories could be read.</summary>
    public static string? Error(Fields status, IReadOnlyList<ListedRepository> repositories)
    {
        var code = status.Count("code") ?? throw status.Refused("code", "a status code is missing here");
        var failed = repositories.Where(repository => repository.Error is not null).ToList();
        var isAnswer = PgBackRestStatus.IsRead(code) || PgBackRestStatus.IsLeftToRepositories(code);
        var isRead = isAnswer && (failed.Count < repositories.Count || failed.Count == 0);
        return isRead
            ? null
            : PlainText.OnOneLine(
                string.Join(
                    "; ",
                    failed
                        .Select(repository => $"{repository.Storage}: {repository.Error}")
                        .Prepend($"code {code}: {Message(status, "message")}")
                )
            );
    }

    static string? Error(Fields repository) =>
        repository.Count("status.code") is { } code && !PgBackRestStatus.IsRead(code)
            ? PlainText.OnOneLine($"code {code}: {Message(repository, "status.message")}")
            : null;

    static string? Message(Fields from, string keys) => from.Text(keys) is { } message ? PlainText.Legible(message, Ciphertext) : null;
}
