using BackupMetricsJob.Postgres;

namespace BackupMetricsJob.Configuration.File;

/// <summary>
/// Reads connection: a URI, key=value pairs, or a map of libpq keywords. Messages do not show the value, since it may contain a password.
/// </summary>
internal static class ConnectionSection
{
    const string Allowed = "a postgresql:// URI, \"host=... user=...\", or a map of libpq keywords";

    /// <summary>Null if it is not set, or invalid.</summary>
    public static FileConnection? Read(MappingReader fields, FileProblems problems)
    {
        if (fields["connection"] is not { } node)
            return null;
        var path = fields.Path["connection"];
        if (node is YamlMapping map)
            return ReadMap(map, path, problems);
        if (node is not YamlScalar { IsNull: false, Text.Length: > 0 } text)
        {
            problems.AddInvalidValue(node, path, Allowed);
            return null;
        }

        var messages = new List<string>();
        var keywords = ConnectionText.TryRead(text.Text, messages);
        foreach (var problem in messages)
            problems.Add(node.Location, $"{path}: {problem}");
        return messages.Count == 0 && keywords is not null ? new(node.Location) { Keywords = keywords } : null;
    }

    static FileConnection? ReadMap(YamlMapping map, KeyPath path, FileProblems problems)
    {
        var messages = new List<string>();
        var keywords = new KeywordList(messages);
        var locations = new Dictionary<string, SourceLocation>(StringComparer.Ordinal);
        for (var i = 0; i < map.Entries.Count; i++)
        {
            var (key, value) = map.Entries[i];
            if (!LibpqKeyword.IsKnown(key.Text) && SecretKeys.MayBePartOfSecret(map.IsFlow, map.Entries, i))
            {
                problems.Add(key.Location, $"{path}: {SecretKeys.HiddenKey}");
                continue;
            }

            var scalar = value as YamlScalar;
            if (LibpqKeyword.IsKnown(key.Text) && scalar is null or { IsNull: true })
            {
                problems.AddInvalidValue(value, path[key.Text], "a string");
                continue;
            }

            keywords.Add(key.Text, scalar?.Text ?? "");
            locations[key.Text] = value.Location;
            foreach (var problem in messages)
                problems.Add(key.Location, $"{path}: {problem}");
            if (messages.Count > 0)
                locations.Remove(key.Text);
            messages.Clear();
        }

        return locations.Count == map.Entries.Count ? new(map.Location) { Keywords = keywords.Values, KeywordLocations = locations } : null;
    }
}
