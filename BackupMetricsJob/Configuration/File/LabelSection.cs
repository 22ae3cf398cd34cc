using BackupMetricsJob.Postgres;

namespace BackupMetricsJob.Configuration.File;

/// <summary>A map of labels, of a target or of the grouping key: names that a user may give, and values as they are written.</summary>
internal static class LabelSection
{
    public static IReadOnlyList<TargetLabel> Read(YamlNode? node, KeyPath path, FileProblems problems)
    {
        if (node is null)
            return [];
        if (node is not YamlMapping map)
        {
            problems.WrongKind(node, path, "a map of label names and values");
            return [];
        }

        var labels = new List<TargetLabel>(map.Entries.Count);
        foreach (var (key, value) in map.Entries)
        {
            if (LabelText.NameFault(key.Text) is { } allowed)
                problems.Add(key.Location, $"{path}: label {Redaction.Quoted(key.Text)}: must be {allowed}");
            else if (value is not YamlScalar { IsNull: false } text)
                problems.Wrong(value, path[key.Text], "a text");
            else if (!LabelText.IsWellFormed(text.Text))
                problems.Wrong(value, path[key.Text], "a text without control characters");
            else
                labels.Add(new(key.Text, text.Text, ProblemOrigin.Configuration, key.Location));
        }

        return labels;
    }
}
