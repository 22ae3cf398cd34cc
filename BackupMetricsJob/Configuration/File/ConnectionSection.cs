using BackupMetricsJob.Postgres;

namespace BackupMetricsJob.Configuration.File;

/// <summary>
/// connection: a URI, key=value pairs, or a map of libpq's keywords. What is wrong is told without its value: a password may be in it.
/// </summary>
internal static class ConnectionSection
{
    const string Allowed = "a postgresql:// URI, \"host=... user=...\", or a map of libpq's keywords";

    /// <summary>Null where it is not given, or is wrong.</summary>
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

        var said = new List<string>();
        var keywords = ConnectionText.TryRead(text.Text, said);
        foreach (var problem in said)
            problems.Add(node.Location, $"{path}: {problem}");
        return said.Count == 0 && keywords is not null ? new(node.Location) { Keywords = keywords } : null;
    }

    static FileConnection? ReadMap(YamlMapping map, KeyPath path, FileProblems problems)
    {
        var said = new List<string>();
        var keywords = new KeywordList(said);
        var places = new Dictionary<string, SourceLocation>(StringComparer.Ordinal);
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
                problems.AddInvalidValue(value, path[key.Text], "a text");
                continue;
            }

            keywords.Add(key.Text, scalar?.Text ?? "");
            places[key.Text] = value.Location;
            foreach (var problem in said)
                problems.Add(key.Location, $"{path}: {problem}");
            if (said.Count > 0)
                places.Remove(key.Text);
            said.Clear();
        }

        return places.Count == map.Entries.Count ? new(map.Location) { Keywords = keywords.Values, KeywordLocations = places } : null;
    }
}
