using BackupMetricsJob.Postgres;

namespace BackupMetricsJob.Configuration.File;

/// <summary>Reads a map of labels, of a target or of the grouping key.</summary>
internal static class LabelSection
{
    public static IReadOnlyList<TargetLabel> Read(YamlNode? node, KeyPath path, FileProblems problems)
    {
        if (node is null)
            return [];
        if (node is not YamlMapping map)
        {
            problems.AddInvalidKind(node, path, "a map of label names and values");
            return [];
        }

        var labels = new List<TargetLabel>(map.Entries.Count);
        foreach (var (key, value) in map.Entries)
        {
            if (LabelParser.FindNameFault(key.Text) is { } allowed)
                problems.Add(key.Location, $"{path}: label {Redaction.Quoted(key.Text)}: must be {allowed}");
            else if (value is not YamlScalar { IsNull: false } text)
                problems.AddInvalidValue(value, path[key.Text], "a string");
            else if (!LabelParser.IsWellFormed(text.Text))
                problems.AddInvalidValue(value, path[key.Text], "a string without control characters");
            else
                labels.Add(new(key.Text, text.Text, ProblemOrigin.Configuration, key.Location));
        }

        return labels;
    }
}
