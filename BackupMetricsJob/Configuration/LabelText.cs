namespace BackupMetricsJob.Configuration;

/// <summary>Labels as they are typed: name=value.</summary>
internal static class LabelText
{
    /// <summary>The labels that metrics have by themselves: neither a target nor the grouping key may have one of these.</summary>
    public static IReadOnlyList<string> Reserved { get; } =
        ["job", "instance", "source", "tool", "type", "severity", "state", "reason", "site", "version", "revision"];

    /// <summary>Null, and one more problem, where it is no label that a user may set.</summary>
    public static KeyValuePair<string, string>? TryParse(Setting setting, ICollection<Problem> problems)
    {
        var equals = setting.Value.IndexOf('=', StringComparison.Ordinal);
        var name = equals < 0 ? "" : setting.Value[..equals].Trim();
        if (!IsName(name))
        {
            problems.Add(setting.Wrong("name=value, the name of letters, digits and _, not beginning with a digit or __"));
            return null;
        }

        if (Reserved.Contains(name))
        {
            problems.Add(setting.Wrong($"another name: the metrics have a label {name} of their own"));
            return null;
        }

        if (!IsWellFormed(setting.Value))
        {
            problems.Add(setting.Says($"the value of {name} has control characters, or is not well-formed Unicode"));
            return null;
        }

        return new(name, setting.Value[(equals + 1)..]);
    }

    /// <summary>Well-formed Unicode without control characters: a name with a line feed in it would forge lines of the report.</summary>
    public static bool IsWellFormed(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsControl(text[i])) return false;
            if (!char.IsSurrogate(text[i])) continue;
            if (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[i + 1])) return false;
            i++;
        }

        return true;
    }

    static bool IsName(string name)
    {
        if (name.Length == 0 || char.IsAsciiDigit(name[0]) || name.StartsWith("__", StringComparison.Ordinal)) return false;
        foreach (var c in name)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c != '_') return false;
        }

        return true;
    }
}
