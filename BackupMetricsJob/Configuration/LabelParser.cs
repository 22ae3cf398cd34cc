namespace BackupMetricsJob.Configuration;

/// <summary>Labels as they are typed: name=value.</summary>
internal static class LabelParser
{
    /// <summary>The labels that metrics have by themselves: neither a target nor the grouping key may have one of these.</summary>
    public static IReadOnlyList<string> Reserved { get; } =
    ["job", "instance", "source", "tool", "type", "severity", "state", "reason", "evidence", "site", "version", "revision"];

    const string NameAllowed = "letters, digits and _, not beginning with a digit or __";

    /// <summary>The labels of a setting; one that is wrong, or is there already, is one more problem.</summary>
    public static List<TargetLabel> Read(IReadOnlyList<Setting> settings, ICollection<Problem> problems)
    {
        var labels = new List<TargetLabel>();
        foreach (var setting in settings)
        {
            if (TryParse(setting, problems) is not { } label)
                continue;
            if (Find(labels, label.Name) is not null)
                problems.Add(setting.InvalidValue($"another name: {label.Name} is given twice"));
            else
                labels.Add(label);
        }

        return labels;
    }

    public static TargetLabel? Find(IReadOnlyList<TargetLabel> labels, string name) => labels.FirstOrDefault(label => label.Name == name);

    /// <summary>What a name must be that is none a user may give; null for one that is.</summary>
    public static string? FindNameFault(string name) =>
        !IsName(name) ? NameAllowed
        : Reserved.Contains(name) ? $"another name: the metrics have a label {name} of their own"
        : null;

    /// <summary>Null, and one more problem, where it is no label that a user may set.</summary>
    static TargetLabel? TryParse(Setting setting, ICollection<Problem> problems)
    {
        var equals = setting.Value.IndexOf('=', StringComparison.Ordinal);
        var name = equals < 0 ? "" : setting.Value[..equals].Trim();
        if (FindNameFault(name) is { } allowed)
        {
            problems.Add(setting.InvalidValue(allowed == NameAllowed ? "name=value, the name of " + NameAllowed : allowed));
            return null;
        }

        if (!IsWellFormed(setting.Value))
        {
            problems.Add(setting.CreateProblem($"the value of {name} has control characters, or is not well-formed Unicode"));
            return null;
        }

        return new(name, setting.Value[(equals + 1)..], setting.Origin, setting.Location);
    }

    /// <summary>Well-formed Unicode without control characters: a name with a line feed in it would forge lines of the report.</summary>
    public static bool IsWellFormed(string text) => PlainText.IsWellFormed(text) && !text.Any(char.IsControl);

    static bool IsName(string name) =>
        name.Length > 0
        && !char.IsAsciiDigit(name[0])
        && !name.StartsWith("__", StringComparison.Ordinal)
        && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');
}
