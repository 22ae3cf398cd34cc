using System.Buffers.Text;
using System.Text;

namespace BackupMetricsJob.Pushgateway;

/// <summary>A label of the grouping key beside the job.</summary>
internal sealed record GroupingLabel(string Name, string Value);

/// <summary>
/// The group that a push replaces: the job, then further labels in the order given. One that exists is fit to be sent: names are legal and
/// unique, values are well-formed. That matters to others, too: one ill-formed byte in a path makes a Pushgateway (1.5.1) refuse everybody.
/// </summary>
internal sealed class GroupingKey
{
    GroupingKey(string job, IReadOnlyList<GroupingLabel> labels) => (Job, Labels) = (job, labels);

    public string Job { get; }

    public IReadOnlyList<GroupingLabel> Labels { get; }

    /// <summary>The key, or null and at least one more problem.</summary>
    public static GroupingKey? TryCreate(string job, IReadOnlyList<GroupingLabel> labels, ICollection<string> problems)
    {
        var before = problems.Count;
        if (job.Length == 0)
            problems.Add("job: must not be empty");
        else if (Fault(job) is { } fault)
            problems.Add($"job \"{PlainText.OnOneLine(job)}\": {fault}");

        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (name, value) in labels)
        {
            if (NameFault(name) is { } nameFault)
                problems.Add($"grouping label \"{PlainText.OnOneLine(name)}\": {nameFault}");
            else if (!names.Add(name))
                problems.Add($"grouping label \"{name}\": given twice");
            if (Fault(value) is { } valueFault)
                problems.Add($"grouping label {PlainText.OnOneLine(name)}=\"{PlainText.OnOneLine(value)}\": {valueFault}");
        }

        return problems.Count == before ? new GroupingKey(job, [.. labels]) : null;
    }

    /// <summary>The path below <c>/metrics</c>. The gateway reads from it exactly what was given, whatever characters that has.</summary>
    public string ToPath()
    {
        var path = new StringBuilder();
        Append(path, "job", Job);
        foreach (var (name, value) in Labels)
            Append(path, name, value);
        return path.ToString();
    }

    public override string ToString()
    {
        var text = new StringBuilder().Append("{job=\"").Append(PlainText.OnOneLine(Job)).Append('"');
        foreach (var (name, value) in Labels)
            text.Append(", ").Append(name).Append("=\"").Append(PlainText.OnOneLine(value)).Append('"');
        return text.Append('}').ToString();
    }

    static void Append(StringBuilder path, string name, string value)
    {
        path.Append('/').Append(name);
        if (IsPlain(value))
            path.Append('/').Append(value);
        else
            path.Append("@base64/").Append(value.Length == 0 ? "=" : Base64Url.EncodeToString(Encoding.UTF8.GetBytes(value)));
    }

    /// <summary>Whether nothing between us and the gateway reads the value otherwise: a path segment of dots alone is collapsed.</summary>
    static bool IsPlain(string value)
    {
        var onlyDots = true;
        foreach (var c in value)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('_' or '-' or '.' or '~'))
                return false;
            onlyDots &= c == '.';
        }

        return !onlyDots;
    }

    static string? NameFault(string name)
    {
        if (name == "job")
            return "the job is set by itself";
        if (name.StartsWith("__", StringComparison.Ordinal))
            return "names that begin with __ are Prometheus' own";
        var legal = name.Length > 0 && !char.IsAsciiDigit(name[0]);
        foreach (var c in name)
            legal &= char.IsAsciiLetterOrDigit(c) || c == '_';
        return legal ? null : "a name is letters (a-z, A-Z), digits and _, and does not begin with a digit";
    }

    static string? Fault(string value) =>
        value.Contains('\0', StringComparison.Ordinal) ? "must not contain NUL"
        : PlainText.IsWellFormed(value) ? null
        : "is not well-formed Unicode (half a surrogate pair)";
}
