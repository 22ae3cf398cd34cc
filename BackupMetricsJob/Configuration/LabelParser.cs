namespace BackupMetricsJob.Configuration;

/// <summary>Parses labels: name=value.</summary>
internal static class LabelParser
{
    const string NameAllowed = "letters, digits and _, not starting with a digit or __";

    /// <summary>The labels of a setting. An invalid or repeated label is a problem.</summary>
    public static List<TargetLabel> Read(IReadOnlyList<Setting> settings, ICollection<Problem> problems)
    {
        var labels = new List<TargetLabel>();
        foreach (var setting in settings)
        {
            if (TryParse(setting, problems) is not { } label)
                continue;
            if (Find(labels, label.Name) is not null)
                problems.Add(setting.InvalidValue($"another name, as {label.Name} is given twice"));
            else
                labels.Add(label);
        }

        return labels;
    }

    public static TargetLabel? Find(IReadOnlyList<TargetLabel> labels, string name) => labels.FirstOrDefault(label => label.Name == name);

    /// <summary>The rule that a label name violates; null if users may set a label with this name.</summary>
    public static string? FindNameFault(string name) =>
        !IsName(name) ? NameAllowed
        : ReservedLabels.Contains(name) ? $"another name, as the metrics already have a label {name}"
        : null;

    /// <summary>Null, and a problem, if users may not set this label.</summary>
    static TargetLabel? TryParse(Setting setting, ICollection<Problem> problems)
    {
        var equals = setting.Value.IndexOf('=', StringComparison.Ordinal);
        var name = equals < 0 ? "" : setting.Value[..equals].Trim();
        if (FindNameFault(name) is { } allowed)
        {
            problems.Add(setting.InvalidValue(allowed == NameAllowed ? "name=value, where the name has only " + NameAllowed : allowed));
            return null;
        }

        if (!IsWellFormed(setting.Value))
        {
            problems.Add(setting.CreateProblem($"the value of {name} has control characters or is not well-formed Unicode"));
            return null;
        }

        return new(name, setting.Value[(equals + 1)..], setting.Origin, setting.Location);
    }

    /// <summary>Well-formed Unicode without control characters. A line feed could forge a line of the report.</summary>
    public static bool IsWellFormed(string text) => PlainText.IsWellFormed(text) && !text.Any(char.IsControl);

    static bool IsName(string name) =>
        name.Length > 0
        && !char.IsAsciiDigit(name[0])
        && !name.StartsWith("__", StringComparison.Ordinal)
        && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');
}
