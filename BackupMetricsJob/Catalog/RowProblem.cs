using System.Text;

namespace BackupMetricsJob.Catalog;

/// <summary>Finds out before sending a row why the table would refuse it. The table's own message would not name the backup.</summary>
internal static class RowProblem
{
    /// <summary>
    /// The maximum length of the key's four parts together, in bytes: what a PostgreSQL index can hold, and more than the names of any tool
    /// need.
    /// </summary>
    const int LongestKey = 2000;

    /// <summary>The problem of a row; null if there is none.</summary>
    public static string? Find(CatalogRow row)
    {
        if (OfKey(row.Server, row.Tool, row.Storage, row.BackupId) is { } problem)
            return problem;
        var name = $"backup \"{row.BackupId}\" of \"{row.Server}\"";
        foreach (
            var (what, text) in new (string, string?)[]
            {
                ("parent", row.ParentId),
                ("first WAL file", row.StartWal),
                ("last WAL file", row.StopWal),
                ("database", row.Database),
                ("error", row.Error),
            }
        )
        {
            if (text is not null && OfText(text) is { } wrong)
                return $"{name}: its {what} {wrong}";
        }

        if (row is { Status: BackupStatus.Done or BackupStatus.Waiting, Finished: null })
            return $"{name} is done, but has no time at which it finished";
        if (row is { Status: BackupStatus.Failed, Finished: null, Started: null })
            return $"{name} failed, but has no time at which it did";
        if (row.Finished < row.Started)
            return $"{name} finished {row.Finished:u} before it started {row.Started:u}";
        if (row.Timeline <= 0)
            return $"{name} is of timeline {row.Timeline}: they begin with 1";
        if (row.SizeBytes < 0 || row.StoredBytes < 0)
            return $"{name} has a size below zero";
        return null;
    }

    /// <summary>What is wrong with the key of a row.</summary>
    public static string? OfKey(string server, string tool, string storage, string backupId)
    {
        var length = 0;
        foreach (var (what, text) in new[] { ("server", server), ("tool", tool), ("storage", storage), ("backup", backupId) })
        {
            if (text.Length == 0)
                return $"the name of the {what} is empty";
            if (OfText(text) is { } wrong)
                return $"the name of the {what} {wrong}: \"{text}\"";
            length += Encoding.UTF8.GetByteCount(text);
        }

        return length <= LongestKey
            ? null
            : $"the names of server, storage and backup are longer than {LongestKey} bytes: "
                + $"\"{server[..Math.Min(server.Length, 40)]}\", \"{backupId[..Math.Min(backupId.Length, 40)]}\"";
    }

    /// <summary>Replaces what PostgreSQL cannot store by U+FFFD, in text that is only displayed.</summary>
    public static string Storable(string text)
    {
        if (OfText(text) is null)
            return text;
        var storable = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
            storable.Append((rune.Value == 0 ? Rune.ReplacementChar : rune).ToString());
        return storable.ToString();
    }

    static string? OfText(string text)
    {
        if (text.Contains('\0', StringComparison.Ordinal))
            return "has the character U+0000, which PostgreSQL cannot store";
        return PlainText.IsWellFormed(text) ? null : "has half of a surrogate pair, which is no text";
    }
}
