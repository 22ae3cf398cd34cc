using System.Globalization;
using System.Text.Json;

namespace BackupMetricsJob.Drill.Fetching;

/// <summary>A repository of a stanza, as `pgbackrest info` lists it.</summary>
/// <param name="Number">The N of repoN-path; null before pgBackRest 2.32, which had one repository without a number.</param>
/// <param name="IsEncrypted">Whether the repository is encrypted according to the settings (repoN-cipher-type).</param>
/// <param name="Code">0 means ok; <see cref="ListedStanza.Unreadable"/> means an error that <paramref name="Status"/> quotes.</param>
/// <param name="Status">pgBackRest's message, with separate lines for each reason.</param>
internal sealed record PgBackRestRepository(long? Number, bool IsEncrypted, long Code, string Status)
{
    public string Name => Number is { } number ? string.Create(CultureInfo.InvariantCulture, $"repo{number}") : "the repository";

    /// <summary>The name of a repository option, as in the configuration.</summary>
    public string Option(string name) => $"repo{Number?.ToString(CultureInfo.InvariantCulture) ?? "1"}-{name}";

    public bool IsDenied => DrillException.IsDenied(Status);

    /// <summary>What is wrong with the repository, on one line. After the first line there may be ciphertext.</summary>
    public string Words
    {
        get
        {
            var lines = Status.Split('\n');
            var denied = lines.Skip(1).FirstOrDefault(DrillException.IsDenied);
            return PlainText.OnOneLine(denied is null ? lines[0].TrimEnd(':', ' ') : $"{lines[0]} {denied.Trim()}");
        }
    }

    /// <summary>What an error of this kind means, and what to do.</summary>
    public string Advice =>
        Status.StartsWith("[FileMissingError]", StringComparison.Ordinal)
            ? ". That file is missing: without it, pgbackrest neither lists nor replays anything of this repository"
        : IsDenied || !IsUnreadable(Status) ? ""
        : IsEncrypted
            ? $". The repository is encrypted with another passphrase than {Option("cipher-pass")}, or not at all, or that file is damaged"
        : $". That file is damaged, or the repository is encrypted and {Option("cipher-type")} and {Option("cipher-pass")} do not say so";

    static bool IsUnreadable(string status) =>
        status.StartsWith("[FormatError]", StringComparison.Ordinal)
        || status.StartsWith("[CryptoError]", StringComparison.Ordinal)
        || status.StartsWith("[ChecksumError]", StringComparison.Ordinal);
}

/// <summary>A stanza, as `pgbackrest info --output=json` lists it.</summary>
internal sealed class ListedStanza(JsonElement stanza)
{
    /// <summary>A status: missing stanza path. pgBackRest prints this for a stanza of any name.</summary>
    const long Missing = 1;

    /// <summary>A status: other.</summary>
    public const long Unreadable = 99;

    /// <summary>Parses the list. Ciphertext that pgBackRest quotes in a status has characters that are invalid in JSON.</summary>
    /// <exception cref="JsonException">The text is not such a list.</exception>
    public static IReadOnlyList<ListedStanza> ReadAll(string list)
    {
        using var document = JsonDocument.Parse(string.Create(list.Length, list, Blank));
        return [.. document.RootElement.EnumerateArray().Select(stanza => new ListedStanza(stanza.Clone()))];

        static void Blank(Span<char> to, string from)
        {
            for (var i = 0; i < from.Length; i++)
                to[i] = char.IsControl(from[i]) ? ' ' : from[i];
        }
    }

    public string Name => stanza.GetProperty("name").GetString()!;

    public bool Exists => Code(stanza) != Missing;

    public IReadOnlyList<JsonElement> Backups => [.. stanza.GetProperty("backup").EnumerateArray()];

    public IReadOnlyList<PgBackRestRepository> Repositories =>
        stanza.TryGetProperty("repo", out var all)
            ?
            [
                .. all.EnumerateArray()
                    .Select(one => new PgBackRestRepository(one.GetProperty("key").GetInt64(), IsEncrypted(one), Code(one), Message(one))),
            ]
            : [new(null, IsEncrypted(stanza), Code(stanza), Message(stanza))];

    /// <summary>The PostgreSQL major version of a backup.</summary>
    public int Version(JsonElement backup) =>
        int.Parse(
            stanza
                .GetProperty("db")
                .EnumerateArray()
                .First(db => Key(db) == Key(backup.GetProperty("database")))
                .GetProperty("version")
                .GetString()!
                .Split('.')[0],
            CultureInfo.InvariantCulture
        );

    /// <summary>The newest WAL segment in the repository of a backup; null if there is none.</summary>
    public string? NewestSegment(JsonElement backup) =>
        stanza.TryGetProperty("archive", out var archives)
            ? archives
                .EnumerateArray()
                .Where(archive => Key(archive.GetProperty("database")) == Key(backup.GetProperty("database")))
                .Select(archive => archive.GetProperty("max").GetString())
                .FirstOrDefault()
            : null;

    /// <summary>The number of the repository that a backup is in.</summary>
    public static long Repository(JsonElement backup) => Key(backup.GetProperty("database")).Repository;

    static (long Id, long Repository) Key(JsonElement database) =>
        (database.GetProperty("id").GetInt64(), database.TryGetProperty("repo-key", out var key) ? key.GetInt64() : 1);

    static long Code(JsonElement of) => of.GetProperty("status").GetProperty("code").GetInt64();

    static string Message(JsonElement of) => of.GetProperty("status").GetProperty("message").GetString() ?? "";

    static bool IsEncrypted(JsonElement of) => of.TryGetProperty("cipher", out var cipher) && cipher.GetString() is not ("none" or null);
}
